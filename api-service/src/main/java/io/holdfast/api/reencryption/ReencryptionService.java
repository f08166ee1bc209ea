package io.holdfast.api.reencryption;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.cluster.ClusterCopy;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.idempotency.Idempotency;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.job.JobService;
import io.holdfast.api.job.JobView;
import io.holdfast.api.job.SubmitOptions;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.BackupId;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Manifest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;

/** Takes requests for what is stored to be put under the keys that a cluster declares. */
@ApplicationScoped
public class ReencryptionService {
  @Inject BackupQueries backups;
  @Inject ClusterService clusters;
  @Inject Idempotency idempotency;
  @Inject JobService jobs;
  @Inject Caller caller;
  @Inject Clock clock;

  private record Asked(String of) {}

  /**
   * @throws ApiProblem 409 when the backup or its cluster is not encrypted, the backup is gone, or
   *     what it builds on has to be done first
   */
  @Transactional
  public Accepted backup(String id, String idempotencyKey) {
    BackupQueries.Known backup = backups.known(id);
    return idempotency.once(
        idempotencyKey,
        "POST /backups/" + backup.id() + "/reencryptions",
        new Asked(backup.id().value()),
        () -> {
          EncryptionSpec encryption = declared(backup.cluster());
          if (!backups.recorded(backup.id()).encrypted()) {
            throw new ApiProblem(
                409,
                "not-encrypted",
                "Backup " + backup.id() + " is not encrypted.",
                "Nobody can tell any more who wrote it, so it is not vouched for: take a new one.");
          }
          return submit(
              backup,
              BackupId.next(clock),
              parent(backup),
              encryption,
              SubmitOptions.by(caller.keyId()));
        });
  }

  /**
   * Records the job, whoever asks. Looks at no scope.
   *
   * @param parent what the second builds on; null: nothing
   */
  JobView submit(
      BackupQueries.Known backup,
      BackupId second,
      BackupId parent,
      EncryptionSpec encryption,
      SubmitOptions options) {
    return jobs.submit(
        JobKind.REENCRYPT,
        backup.cluster(),
        clusters.pool(backup.cluster()),
        new JobSpec.Reencrypt(
            second,
            backup.id(),
            backups.recorded(backup.id()).sha256(),
            parent,
            backup.cluster(),
            clusters.place(backup.cluster(), backup.repository()),
            encryption),
        options);
  }

  /**
   * The archive in the cluster's repository, and then its copies.
   *
   * @throws ApiProblem 409 when the cluster is not encrypted
   */
  @Transactional
  public Accepted wal(String cluster, String idempotencyKey) {
    caller.requireCluster(cluster);
    return idempotency.once(
        idempotencyKey,
        "POST /clusters/" + cluster + "/wal-reencryptions",
        new Asked(cluster),
        () -> submitWal(cluster, SubmitOptions.by(caller.keyId())));
  }

  /** Records the job, whoever asks. Looks at no scope. */
  JobView submitWal(String cluster, SubmitOptions options) {
    return jobs.submit(
        JobKind.REENCRYPT_WAL,
        cluster,
        clusters.pool(cluster),
        new JobSpec.ReencryptWal(
            cluster,
            clusters.place(cluster, clusters.repository(cluster)),
            clusters.declaration(cluster).orElseThrow().copies().stream()
                .map(ClusterCopy::repository)
                .map(copy -> clusters.place(cluster, copy))
                .toList(),
            declared(cluster)),
        options);
  }

  /**
   * @throws ApiProblem 409 when the cluster is not encrypted
   */
  EncryptionSpec declared(String cluster) {
    ClusterSpec spec = clusters.spec(cluster);
    if (spec.encryption() == null) {
      throw new ApiProblem(
          409,
          "not-encrypted",
          "The cluster '" + cluster + "' declares no encryption.",
          "Declare encryption with the new keys first.");
    }
    return spec.encryption();
  }

  /** Null for a full one. A chain is bound by digests, so a child needs its parent's second. */
  private BackupId parent(BackupQueries.Known backup) {
    Manifest manifest = backups.manifest(backup.id());
    if (manifest.parent() == null) {
      return null;
    }
    return backups
        .reencrypted(manifest.parent(), backup.repository())
        .orElseThrow(
            () ->
                new ApiProblem(
                    409,
                    "parent-first",
                    "Backup "
                        + backup.id()
                        + " builds on backup "
                        + manifest.parent()
                        + ", which was not encrypted anew.",
                    "POST /backups/" + manifest.parent() + "/reencryptions first."));
  }
}
