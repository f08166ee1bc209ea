package io.holdfast.model.scan;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * A part of what a scan found, small enough for one record.
 *
 * @param number from 1
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ScanPage(
    int number,
    List<BackupFound> backups,
    List<ArchiveFound> archives,
    List<ClusterFound> clusters,
    List<Oddity> oddities) {
  public ScanPage {
    backups = backups == null ? List.of() : List.copyOf(backups);
    archives = archives == null ? List.of() : List.copyOf(archives);
    clusters = clusters == null ? List.of() : List.copyOf(clusters);
    oddities = oddities == null ? List.of() : List.copyOf(oddities);
  }
}
