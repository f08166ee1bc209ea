package io.holdfast.api.retention;

import io.holdfast.api.retention.RetentionPlan.BackupDecision;
import io.holdfast.api.retention.RetentionPlan.FormerDecision;
import io.holdfast.api.retention.RetentionPlan.WalDecision;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names what would be removed, so that somebody confirms what they have seen and nothing else. Of
 * WAL it names the timelines: the end moves on by itself, as time does.
 */
final class PlanDigest {
  private static final int BYTES = 16;

  private PlanDigest() {}

  static String of(
      List<BackupDecision> backups, List<WalDecision> wal, List<FormerDecision> former) {
    String removed =
        Stream.of(
                backups.stream()
                    .filter(BackupDecision::expires)
                    .map(decision -> "backup " + decision.id()),
                wal.stream()
                    .filter(WalDecision::expires)
                    .map(
                        decision ->
                            "wal " + decision.systemIdentifier() + " " + decision.timeline()),
                former.stream()
                    .filter(FormerDecision::expires)
                    .map(decision -> "all wal " + decision.systemIdentifier()))
            .flatMap(lines -> lines)
            .distinct()
            .sorted()
            .collect(Collectors.joining("\n"));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(removed.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
