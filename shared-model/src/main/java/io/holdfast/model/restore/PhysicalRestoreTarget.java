package io.holdfast.model.restore;

import java.util.Map;

/**
 * Into a directory on a worker's host.
 *
 * @param directory absolute, below a root the worker allows; absent or empty
 * @param tablespaces original location -> new absolute directory, below an allowed root
 * @param recoveryTarget where recovery ends
 * @param start leave the server running when the restore is done, on {@code port}
 * @param check start the server on a private socket, query it, compare it with the backup's
 *     inventory, and stop it again
 * @param port for {@code start}; null means any free port on loopback
 */
public record PhysicalRestoreTarget(
    String directory,
    Map<String, String> tablespaces,
    RecoveryTarget recoveryTarget,
    boolean start,
    boolean check,
    Integer port)
    implements RestoreTarget {
  public PhysicalRestoreTarget {
    tablespaces = tablespaces == null ? Map.of() : Map.copyOf(tablespaces);
    recoveryTarget = recoveryTarget == null ? new RecoveryTarget.EndOfBackup() : recoveryTarget;
  }
}
