package io.holdfast.api.archive;

import io.holdfast.api.cluster.ClusterArchive;
import io.holdfast.model.wal.ArchiveSpec;
import java.time.Duration;

/**
 * Works out what a server is to be told. The header file and the endpoint hold nothing that a shell
 * takes for special between double quotes, and no {@code %} and no quote: {@link ClusterArchive}
 * sees to that.
 */
final class ArchiveSettings {
  // No .curlrc of the server's user may change what it does.
  private static final String CURL =
      "curl --disable --silent --show-error --fail --connect-timeout 5";
  private static final int LONGEST_TIMEOUT = 3600;
  private static final int SHORTEST_TIMEOUT = 1;
  private static final String SLOT_BUDGET = "16GB";
  private static final String HEADER_CONTENT =
      "One line: Authorization: Bearer <token>. Make up a token of at least 32 random characters, such"
          + " as with: openssl rand -hex 32. The worker on the same host reads it from the same file,"
          + " which its credentials file names under archives: <cluster>: headerFile:. Owner: the"
          + " server's user; mode: 0600, or 0640 with the worker's group.";

  private ArchiveSettings() {}

  /**
   * @param archived false: nothing is declared, and this is what the defaults would be
   */
  static ArchiveSettingsView of(String cluster, ClusterArchive archive, boolean archived) {
    boolean push = archive.spec().mode() == ArchiveSpec.Mode.PUSH;
    String archiveCommand = push ? archiveCommand(cluster, archive) : null;
    String restoreCommand = restoreCommand(cluster, archive);
    int timeout = timeoutSeconds(archive.spec());
    String slot = push ? null : ArchiveSpec.slotName(cluster);
    return new ArchiveSettingsView(
        archived,
        archive.spec().mode().name(),
        "replica",
        push ? "on" : null,
        archiveCommand,
        restoreCommand,
        timeout,
        slot,
        push ? null : SLOT_BUDGET,
        archive.headerFile(),
        HEADER_CONTENT.replace("<cluster>", cluster),
        text(archiveCommand, restoreCommand, timeout, slot));
  }

  /** Curl's statuses lie between 1 and 125, which the server counts as failures and tries again. */
  private static String archiveCommand(String cluster, ClusterArchive archive) {
    return CURL
        + " --max-time 600 --header \"@"
        + archive.headerFile()
        + "\" "
        + switch (archive.transfer()) {
          case SEND -> "--upload-file \"%p\"";
          // The shell that the archiver starts is in the server's data directory.
          case READ -> "--data-raw \"$PWD\"";
        }
        + " \""
        + archive.endpoint()
        + "/wal/"
        + cluster
        + "/%f\"";
  }

  /**
   * Only a worker that answers 404 says that the archive ends here; whatever else goes wrong must
   * stop recovery, because the server would take a plain failure for the end and open with less.
   * Curl's status is compared too: a transfer that was cut has the code 200.
   */
  private static String restoreCommand(String cluster, ClusterArchive archive) {
    return "code=$("
        + CURL
        + " --max-time 600 --header \"@"
        + archive.headerFile()
        + "\" --output \"%p\" --write-out \"%%{http_code}\" \""
        + archive.endpoint()
        + "/wal/"
        + cluster
        + "/%f\"); case \"$?:$code\" in 0:200) exit 0;; 22:404) exit 1;; *) exit 255;; esac";
  }

  /** Half the objective: the other half is for storing the segment. */
  private static int timeoutSeconds(ArchiveSpec spec) {
    Duration half = spec.recoveryPointObjective().dividedBy(2);
    return (int) Math.clamp(half.toSeconds(), SHORTEST_TIMEOUT, LONGEST_TIMEOUT);
  }

  private static String text(
      String archiveCommand, String restoreCommand, int timeout, String slot) {
    StringBuilder lines = new StringBuilder();
    lines.append("wal_level = 'replica'                    # or logical; restart\n");
    if (archiveCommand != null) {
      lines.append("archive_mode = 'on'                      # restart\n");
      lines.append("archive_command = '").append(archiveCommand).append("'\n");
    } else {
      lines.append("# Streamed through the replication slot ").append(slot).append(",\n");
      lines.append("# which a worker creates. What it may keep, within the room of the disk:\n");
      lines.append("max_slot_wal_keep_size = '").append(SLOT_BUDGET).append("'\n");
    }
    lines.append("# While something is written, a segment ends at least so often:\n");
    lines.append("archive_timeout = '").append(timeout).append("s'\n");
    lines.append("# For standbys and recovery; it changes nothing on a running primary:\n");
    lines.append("restore_command = '").append(restoreCommand).append("'\n");
    return lines.toString();
  }
}
