package io.holdfast.api.backup;

import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.job.SizeBand;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What sizes are to be expected, from the last good backups of the same selection. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class SizeHistory {
  private static final int LOOKED_AT = 10;
  private static final int NEEDED = 3;

  @Inject EntityManager entities;
  @Inject TransactionSynchronizationRegistry transaction;

  /** Backups that are compared with one another. */
  record Selection(String cluster, String hash) {
    static Selection of(String cluster, SourceSpec source) {
      return new Selection(cluster, SizeHistory.hash(source));
    }
  }

  /** Found by its class in the transaction that has read them. */
  private record Ahead(Map<Selection, List<Long>> sizes) {}

  /**
   * Half the smallest to twice the largest; null with fewer than three to compare with, and for an
   * incremental backup, whose size says how much was changed and nothing else.
   */
  SizeBand band(String cluster, SourceSpec source) {
    if (source instanceof PhysicalSourceSpec physical && physical.parent() != null) {
      return null;
    }
    Selection selection = Selection.of(cluster, source);
    Object ahead = transaction.getResource(Ahead.class);
    List<Long> known = ahead == null ? null : ((Ahead) ahead).sizes().get(selection);
    return band(known == null ? sizes(selection) : known);
  }

  /** Reads at once what {@link #band} looks up until the transaction ends. */
  @SuppressWarnings("unchecked")
  void readAhead(Collection<Selection> selections) {
    Map<Selection, List<Long>> sizes = new HashMap<>();
    selections.forEach(selection -> sizes.put(selection, new ArrayList<>()));
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select w.cluster, w.hash, b.plain_bytes from jsonb_to_recordset(cast(:wanted as"
                    + " jsonb)) as w (cluster text, hash text) cross join lateral (select"
                    + " plain_bytes from backup where cluster = w.cluster and selection_hash ="
                    + " w.hash and state = 'AVAILABLE' order by finished_at desc limit "
                    + LOOKED_AT
                    + ") b")
            .setParameter("wanted", Wire.text(sizes.keySet()))
            .setFlushMode(FlushModeType.COMMIT)
            .getResultList();
    for (Object[] row : rows) {
      sizes.get(new Selection((String) row[0], (String) row[1])).add(((Number) row[2]).longValue());
    }
    transaction.putResource(Ahead.class, new Ahead(sizes));
  }

  private static List<Long> sizes(Selection selection) {
    return BackupEntity.find(
            "select plainBytes from BackupEntity where cluster = ?1 and selectionHash = ?2 and"
                + " state = 'AVAILABLE' order by finishedAt desc",
            selection.cluster(),
            selection.hash())
        .project(Long.class)
        .page(0, LOOKED_AT)
        .list();
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
