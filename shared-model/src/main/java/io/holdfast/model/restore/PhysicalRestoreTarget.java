package io.holdfast.model.restore;

import java.util.Map;

/**
 * Into a directory on a worker's host.
 *
 * @param directory absolute, below a root the worker allows; absent or empty
 * @param tablespaces original location -> new absolute directory, below an allowed root
 * @param recoveryTarget where recovery ends
 * @param timeline {@code latest}, {@code current} (the backup's) or a decimal number; null means
 *     {@code latest}
 * @param endAction what the server does when it is there; null means {@code PROMOTE}
 * @param start leave the server running when the restore is done, on {@code port}
 * @param check start the server on a private socket, query it, compare it with the backup's
 *     inventory (where recovery goes no further than the backup), and stop it again
 * @param port for {@code start}; null means any free port on loopback
 */
public record PhysicalRestoreTarget(
    String directory,
    Map<String, String> tablespaces,
    RecoveryTarget recoveryTarget,
    String timeline,
    EndAction endAction,
    boolean start,
    boolean check,
    Integer port)
    implements RestoreTarget {
  /** {@code PAUSE} leaves the copy open for reading only, {@code SHUTDOWN} stopped. */
  public enum EndAction {
    PROMOTE,
    PAUSE,
    SHUTDOWN
  }

  public PhysicalRestoreTarget {
    tablespaces = tablespaces == null ? Map.of() : Map.copyOf(tablespaces);
    recoveryTarget = recoveryTarget == null ? new RecoveryTarget.EndOfBackup() : recoveryTarget;
    if (timeline != null && !timeline.matches("latest|current|[1-9][0-9]{0,9}")) {
      throw new IllegalArgumentException("timeline must be latest, current or a number");
    }
  }

  public String timelineOrLatest() {
    return timeline == null ? "latest" : timeline;
  }

  public EndAction endActionOrPromote() {
    return endAction == null ? EndAction.PROMOTE : endAction;
  }

  /** To the end of the backup and no further. */
  public PhysicalRestoreTarget(
      String directory,
      Map<String, String> tablespaces,
      boolean start,
      boolean check,
      Integer port) {
    this(directory, tablespaces, null, null, null, start, check, port);
  }
}
