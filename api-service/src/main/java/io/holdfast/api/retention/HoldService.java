package io.holdfast.api.retention;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.BackupRemoval;
import io.holdfast.api.backup.Violations;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/** Puts holds on backups and lifts them. What was lifted stays readable. */
@ApplicationScoped
public class HoldService {
  private enum Kind {
    LEGAL,
    USER
  }

  @Inject BackupQueries backups;
  @Inject BackupRemoval removal;
  @Inject ClusterLock lock;
  @Inject StoreHolds store;
  @Inject Caller caller;
  @Inject Clock clock;

  /**
   * @throws ApiProblem 409 when the backup is being removed
   */
  @Transactional
  public HoldView create(String backupId, HoldRequest request) {
    BackupQueries.Known backup = backups.known(backupId);
    // Whoever decides what expires has decided before this, or sees it; and whoever learns of a
    // further copy.
    lock.toRead(backup.cluster());
    lock.toHold(backup.cluster());
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Violations wrong = new Violations();
    wrong.require(request.kind() != null, "kind", "is required: LEGAL or USER");
    Kind kind = wrong.constant(Kind.class, "kind", request.kind());
    wrong.text("reason", request.reason());
    wrong.require(
        request.endsAt() == null || request.endsAt().isAfter(now), "endsAt", "lies in the past");
    boolean atStore = kind == Kind.LEGAL && store.locks(backup);
    wrong.require(
        !atStore || request.endsAt() == null,
        "endsAt",
        "must be absent: the store keeps the backup until the hold is lifted");
    wrong.throwIfAny();
    if (removal.leaving(backup.id(), backup.repository())) {
      throw new ApiProblem(
          409,
          "backup-expired",
          "Backup " + backupId + " is being removed, or is gone.",
          "GET /backups/" + backupId + " says why.");
    }
    HoldEntity row = new HoldEntity();
    row.id = UUID.fromString(JobId.next(clock).value());
    row.backupId = UUID.fromString(backup.id().value());
    row.kind = kind.name();
    row.reason = request.reason();
    row.endsAt = request.endsAt();
    row.createdAt = now;
    row.createdBy = caller.keyId();
    row.persist();
    store.hold(backup, row, now);
    return view(row, now);
  }

  /** Newest first. */
  @Transactional
  public HoldView.Listing list(String backupId) {
    BackupQueries.Known backup = backups.known(backupId);
    Instant now = clock.instant();
    List<HoldEntity> rows =
        HoldEntity.<HoldEntity>find(
                "backupId = ?1 order by id desc", UUID.fromString(backup.id().value()))
            .page(0, 200)
            .list();
    return new HoldView.Listing(rows.stream().map(row -> view(row, now)).toList());
  }

  /**
   * @param reason needed for a legal hold
   */
  @Transactional
  public void lift(String backupId, String holdId, String reason) {
    BackupQueries.Known backup = backups.known(backupId);
    HoldEntity row =
        HoldEntity.find(
                "id = ?1 and backupId = ?2", uuid(holdId), UUID.fromString(backup.id().value()))
            .firstResult();
    if (row == null) {
      throw ApiProblem.notFound("hold", holdId.length() > 63 ? "..." : holdId);
    }
    if (row.liftedAt != null) {
      throw new ApiProblem(
          409,
          "hold-lifted",
          "Hold " + holdId + " was lifted at " + row.liftedAt + ".",
          "Nothing to do.");
    }
    Violations wrong = new Violations();
    if (row.kind.equals(HoldEntity.LEGAL) || reason != null) {
      wrong.text("reason", reason);
    }
    wrong.throwIfAny();
    lock.toHold(backup.cluster());
    row.liftedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
    row.liftedBy = caller.keyId();
    row.liftReason = reason;
    // What is lifted does not count among those that still hold.
    row.persistAndFlush();
    store.release(backup, row, row.liftedAt);
  }

  private static HoldView view(HoldEntity row, Instant now) {
    return new HoldView(
        row.id.toString(),
        row.backupId.toString(),
        row.kind,
        row.reason,
        row.standsAt(now),
        row.endsAt,
        row.createdAt,
        row.createdBy,
        row.liftedAt,
        row.liftedBy,
        row.liftReason);
  }

  private static UUID uuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException notAnId) {
      throw ApiProblem.notFound("hold", text.length() > 63 ? "..." : text);
    }
  }
}
