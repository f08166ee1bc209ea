package io.holdfast.api.backup;

import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.scan.BackupFound;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Rows for backups that a scan found and the catalog does not have, and what differs about those
 * that it has. The repository decides what exists: nothing is ever removed here, in either place.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
public class BackupRebuild {
  private static final String NOT_FOUND = "a scan did not find its manifest in the repository";

  /** No selection has this hash: nobody knows any more what was asked for. */
  private static final String UNKNOWN_SELECTION = "";

  @Inject EntityManager entities;

  /**
   * @param added whether the catalog did not know of it here
   * @param differences sentences; none when all is as it was recorded
   */
  public record Outcome(boolean added, List<String> differences) {}

  /**
   * @param declaredRepository that of the cluster's declaration; null: not declared
   */
  public Outcome take(
      BackupFound found, String repository, String declaredRepository, Instant now) {
    Manifest manifest = found.manifest();
    UUID id = UUID.fromString(manifest.backupId().value());
    BackupEntity row = BackupEntity.findById(id);
    if (row == null) {
      add(id, found, repository);
      return new Outcome(true, List.of());
    }
    List<String> differences = new ArrayList<>();
    if (!row.cluster.equals(manifest.cluster())) {
      differences.add("the catalog has it as a backup of cluster '" + row.cluster + "'");
      return new Outcome(false, differences);
    }
    if (row.repository.equals(repository)) {
      compare(row, found, differences);
      return new Outcome(false, differences);
    }
    boolean added = copy(row, found, repository, now, differences);
    if (repository.equals(declaredRepository) && lies(row, repository)) {
      // The copy was found first: the place that the cluster declares is the first again.
      swap(row, repository, now);
    }
    return new Outcome(added, differences);
  }

  private static void add(UUID id, BackupFound found, String repository) {
    Manifest manifest = found.manifest();
    BackupEntity row = new BackupEntity();
    row.id = id;
    row.cluster = manifest.cluster();
    row.method = manifest.method();
    row.state = BackupEntity.AVAILABLE;
    row.repository = repository;
    row.jobId = UUID.fromString(manifest.jobId().value());
    row.startedAt = manifest.startedAt();
    row.finishedAt = manifest.finishedAt();
    row.plainBytes = manifest.plainBytes();
    row.storedBytes = manifest.storedBytes();
    row.manifest = Wire.text(manifest);
    row.manifestSha256 = found.manifestSha256();
    row.selectionHash = UNKNOWN_SELECTION;
    row.persist();
  }

  private static void compare(BackupEntity row, BackupFound found, List<String> differences) {
    boolean other =
        !Wire.read(row.manifest, Manifest.class).equals(found.manifest())
            || (row.manifestSha256 != null && !row.manifestSha256.equals(found.manifestSha256()));
    if (other) {
      differences.add("its manifest is another one than the catalog recorded");
      return;
    }
    row.manifestSha256 = found.manifestSha256();
    if (BackupEntity.SUSPECT.equals(row.state) && NOT_FOUND.equals(row.suspectReason)) {
      row.state = BackupEntity.AVAILABLE;
      row.suspectReason = null;
    }
    if (row.expiredAt != null) {
      differences.add("the catalog says that it expired at " + row.expiredAt);
    }
  }

  /** Whether the catalog did not know of a copy there. */
  private static boolean copy(
      BackupEntity row,
      BackupFound found,
      String repository,
      Instant now,
      List<String> differences) {
    String known = row.manifestSha256;
    if (known != null && !known.equals(found.manifestSha256())) {
      differences.add("its manifest is another one than in repository '" + row.repository + "'");
    }
    BackupCopyEntity.Key key = new BackupCopyEntity.Key(row.id, repository);
    BackupCopyEntity copy = BackupCopyEntity.findById(key);
    boolean fresh = copy == null;
    if (fresh) {
      copy = BackupCopyEntity.at(row.id, repository, now);
    }
    if (copy.state.equals(BackupCopyEntity.EXPIRED)) {
      differences.add("the catalog says that it expired here at " + copy.expiredAt);
    }
    if (fresh
        || copy.state.equals(BackupCopyEntity.MISSING)
        || copy.state.equals(BackupCopyEntity.NOT_NEEDED)) {
      copy.state = BackupCopyEntity.FOUND;
      copy.storedBytes = found.manifest().storedBytes();
      copy.manifestSha256 = found.manifestSha256();
    }
    return fresh;
  }

  private static boolean lies(BackupEntity row, String repository) {
    BackupCopyEntity copy = BackupCopyEntity.findById(new BackupCopyEntity.Key(row.id, repository));
    return !copy.unwanted();
  }

  private static void swap(BackupEntity row, String repository, Instant now) {
    BackupCopyEntity here = BackupCopyEntity.findById(new BackupCopyEntity.Key(row.id, repository));
    here.delete();
    BackupCopyEntity there = BackupCopyEntity.at(row.id, row.repository, now);
    there.state = BackupCopyEntity.FOUND;
    there.storedBytes = row.storedBytes;
    there.manifestSha256 = row.manifestSha256;
    row.repository = repository;
  }

  /**
   * Of backups and copies that are to be in a repository and that the scan did not see, those that
   * were there before it began; they are not shown as good any more.
   *
   * @return ids
   */
  @SuppressWarnings("unchecked")
  public List<UUID> missing(UUID scan, String repository, Instant listedAt) {
    entities.flush();
    List<UUID> missing =
        entities
            .createNativeQuery(
                "update backup b set state = 'SUSPECT', suspect_reason = :reason where b.repository"
                    + " = :repository and b.state in ('AVAILABLE', 'SUSPECT') and b.finished_at <"
                    + " :listed and not exists (select 1 from scan_seen s where s.job_id = :scan and"
                    + " s.backup_id = b.id) returning b.id",
                UUID.class)
            .setParameter("reason", NOT_FOUND)
            .setParameter("repository", repository)
            .setParameter("listed", listedAt)
            .setParameter("scan", scan)
            .getResultList();
    List<UUID> copies =
        entities
            .createNativeQuery(
                "update backup_copy c set state = 'MISSING', next_at = null where c.repository ="
                    + " :repository and c.state in ('VERIFIED', 'COPIED', 'FOUND') and"
                    + " coalesce(c.verified_at, c.asked_at) < :listed and not exists (select 1 from"
                    + " scan_seen s where s.job_id = :scan and s.backup_id = c.backup_id) returning"
                    + " c.backup_id",
                UUID.class)
            .setParameter("repository", repository)
            .setParameter("listed", listedAt)
            .setParameter("scan", scan)
            .getResultList();
    List<UUID> all = new ArrayList<>(missing);
    all.addAll(copies);
    return all;
  }

  /** A scan found it damaged in a repository: it is not shown as good there any more. */
  public void damaged(UUID id, String repository, String because, Instant now) {
    BackupEntity row = BackupEntity.findById(id);
    if (row == null) {
      return;
    }
    if (row.repository.equals(repository)) {
      if (BackupEntity.AVAILABLE.equals(row.state)) {
        row.state = BackupEntity.SUSPECT;
        row.suspectReason = "a scan found: " + because;
      }
      return;
    }
    BackupCopyEntity copy = BackupCopyEntity.findById(new BackupCopyEntity.Key(id, repository));
    if (copy != null && !copy.state.equals(BackupCopyEntity.COPYING) && !copy.unwanted()) {
      copy.state = BackupCopyEntity.FAILED;
      copy.nextAt = now;
    }
  }
}
