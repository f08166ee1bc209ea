package io.holdfast.api.reencryption;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupCopies;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.Violations;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.JobView;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.ledger.ArchivedWal;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.reencryption.ReencryptionPlan.Begun;
import io.holdfast.api.reencryption.SealedBackups.Sealed;
import io.holdfast.model.BackupId;
import io.holdfast.model.JobId;
import io.holdfast.model.SecretRef;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Leaves a key behind for a whole cluster: a job for each backup that it opens, and one for the
 * WAL, all recorded in one transaction. What comes of them is looked up when somebody asks.
 */
@ApplicationScoped
public class ClusterReencryptionService {
  /** What one transaction can record with room to spare. */
  private static final int MOST_BACKUPS = 1000;

  /** Jobs have it, and say so which request they belong to. */
  private static final String LABEL = "reencryption";

  @Inject SealedBackups sealed;
  @Inject ReencryptionService reencryptions;
  @Inject BackupQueries backups;
  @Inject BackupCopies copies;
  @Inject ClusterService clusters;
  @Inject ArchivedWal archives;
  @Inject Idempotency idempotency;
  @Inject Caller caller;
  @Inject Clock clock;

  private record Asked(String cluster, String key) {}

  /**
   * @param replayed whether an earlier request with the same Idempotency-Key was this one
   */
  record Answer(ReencryptionView view, boolean replayed) {}

  /**
   * @throws ApiProblem 409 when the cluster is not encrypted, or still with that key
   */
  @Transactional
  Answer request(String cluster, ReencryptionRequest request, String idempotencyKey) {
    caller.requireCluster(cluster);
    Violations wrong = new Violations();
    wrong.require(request.key() != null, "key", "is required: the one that leaked");
    wrong.require(
        request.key() == null || request.key().matches("[A-Za-z0-9._-]{1,63}"),
        "key",
        "must be the name of a key or a fingerprint");
    wrong.throwIfAny();
    Idempotency.Started started =
        idempotency.started(
            idempotencyKey,
            "POST /clusters/" + cluster + "/reencryptions",
            new Asked(cluster, request.key()),
            () -> begin(cluster, request.key()));
    return new Answer(view(cluster, started.id().toString()), started.replayed());
  }

  private UUID begin(String cluster, String key) {
    EncryptionSpec declared = reencryptions.declared(cluster);
    if (names(declared).stream().anyMatch(name -> name.name().equals(key))) {
      throw new ApiProblem(
          409,
          "key-declared",
          "The cluster '" + cluster + "' still encrypts with key '" + key + "'.",
          "Declare encryption with a new key first, and wait until the workers have heard of it.");
    }
    UUID id = UUID.fromString(JobId.next(clock).value());
    SubmitOptions options = new SubmitOptions(caller.keyId(), Map.of(LABEL, id.toString()), null);
    Selection selection =
        new Selection(
            sealed.of(cluster, key, declared),
            key,
            MOST_BACKUPS,
            (backup, parent) -> begin(backup, parent, declared, options));
    selection.takeAll();
    ReencryptionEntity row = new ReencryptionEntity();
    row.id = id;
    row.cluster = cluster;
    row.leakedKey = key;
    row.createdBy = caller.keyId();
    row.createdAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
    row.plan =
        Wire.text(
            new ReencryptionPlan(
                selection.begun(), wal(cluster, declared, options), selection.left()));
    row.persistAndFlush();
    return id;
  }

  private Begun begin(
      Sealed backup, BackupId parent, EncryptionSpec declared, SubmitOptions options) {
    BackupQueries.Known known = backups.find(backup.id()).orElseThrow();
    BackupId second = BackupId.next(clock);
    JobView job = reencryptions.submit(known, second, parent, declared, options);
    return new Begun(
        backup.id().value(),
        backup.repository(),
        copies.readable(backup.id()),
        job.id(),
        second.value());
  }

  /** Null when there is none. One that no worker has begun does for this request, too. */
  private String wal(String cluster, EncryptionSpec declared, SubmitOptions options) {
    if (clusters.declaration(cluster).orElseThrow().archive() == null
        && archives.seen(Set.of(cluster)).isEmpty()) {
      return null;
    }
    return sealed
        .walWaiting(cluster, declared)
        .orElseGet(() -> reencryptions.submitWal(cluster, options).id());
  }

  private static List<SecretRef> names(EncryptionSpec declared) {
    return switch (declared) {
      case EncryptionSpec.Envelope envelope -> List.of(envelope.key());
      case EncryptionSpec.OpenPgp openPgp -> openPgp.recipients();
    };
  }

  /** As things are now. */
  @Transactional
  ReencryptionView view(String cluster, String id) {
    caller.requireCluster(cluster);
    ReencryptionEntity row = find(cluster, id);
    ReencryptionPlan plan = Wire.read(row.plan, ReencryptionPlan.class);
    List<String> jobs = new ArrayList<>(plan.backups().stream().map(Begun::jobId).toList());
    if (plan.walJob() != null) {
      jobs.add(plan.walJob());
    }
    Map<String, String> states = new HashMap<>();
    if (!jobs.isEmpty()) {
      sealed.states(jobs).forEach(job -> states.put((String) job[0], (String) job[1]));
    }
    return ReencryptionViews.of(row, plan, states);
  }

  private static ReencryptionEntity find(String cluster, String id) {
    UUID key;
    try {
      key = UUID.fromString(id);
    } catch (IllegalArgumentException notAnId) {
      throw ApiProblem.notFound("reencryption", id.length() > 63 ? "..." : id);
    }
    return ReencryptionEntity.<ReencryptionEntity>find("id = ?1 and cluster = ?2", key, cluster)
        .firstResultOptional()
        .orElseThrow(() -> ApiProblem.notFound("reencryption", id));
  }
}
