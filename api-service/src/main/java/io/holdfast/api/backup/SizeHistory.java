package io.holdfast.api.backup;

import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.job.SizeBand;
import io.holdfast.model.wire.Wire;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** What sizes are to be expected, from the last good backups of the same selection. */
final class SizeHistory {
  private static final int LOOKED_AT = 10;
  private static final int NEEDED = 3;

  private SizeHistory() {}

  /**
   * Half the smallest to twice the largest; null with fewer than three to compare with, and for an
   * incremental backup, whose size says how much was changed and nothing else.
   */
  static SizeBand band(String cluster, SourceSpec source) {
    if (source instanceof PhysicalSourceSpec physical && physical.parent() != null) {
      return null;
    }
    List<Long> sizes =
        BackupEntity.find(
                "select plainBytes from BackupEntity where cluster = ?1 and selectionHash = ?2 and"
                    + " state = 'AVAILABLE' order by finishedAt desc",
                cluster,
                hash(source))
            .project(Long.class)
            .page(0, LOOKED_AT)
            .list();
    return band(sizes);
  }

  static SizeBand band(List<Long> sizes) {
    if (sizes.size() < NEEDED) {
      return null;
    }
    long smallest = sizes.stream().mapToLong(Long::longValue).min().getAsLong();
    long largest = sizes.stream().mapToLong(Long::longValue).max().getAsLong();
    return new SizeBand(smallest / 2, Math.multiplyExact(2, largest));
  }

  static String hash(SourceSpec source) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Wire.bytes(source));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
