package io.holdfast.api.reencryption;

import static io.holdfast.api.testing.ApiFixture.job;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Manifests;
import io.holdfast.model.BackupId;
import io.holdfast.model.RunId;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.model.manifest.Manifest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** A worker that makes encrypted backups, and seconds of them under other keys. */
final class SealedByWorker {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ApiFixture api;
  private final Map<BackupId, Manifest> manifests = new HashMap<>();

  SealedByWorker(ApiFixture api) {
    this.api = api;
  }

  /** Id of the backup. */
  String encrypted(String body, Instant finishedAt) {
    return encrypted(body, finishedAt, null);
  }

  /**
   * Id of the backup.
   *
   * @param suspectBecause null: it is not
   */
  String encrypted(String body, Instant finishedAt, String suspectBecause) {
    String id = api.backup(body);
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    Manifest manifest =
        Manifests.encrypted(Manifests.physical(run, "0/100000", "0/200000", finishedAt));
    manifests.put(manifest.backupId(), manifest);
    end(id, new JobResult.BackedUp(manifest, suspectBecause));
    return job(id).getString("result.backupId");
  }

  /** Carries out a job that puts a backup under other keys. */
  JobSpec.Reencrypt finish(String id) {
    JobCommand.RunJob run = api.worker().awaitRun(id, 1);
    JobSpec.Reencrypt spec = (JobSpec.Reencrypt) run.spec();
    Manifest original = manifests.get(spec.original());
    end(
        id,
        new JobResult.BackedUp(
            original.reencrypted(
                spec.backupId(),
                RunId.next(Clock.systemUTC()),
                1,
                run.jobId(),
                "test",
                original.artifacts(),
                spec.parent() == null ? null : new Manifest.Parent(spec.parent(), "0".repeat(64)),
                Encryption.envelope("00000000-0000-4000-8000-000000000002")),
            null));
    return spec;
  }

  private void end(String id, JobResult result) {
    api.worker().accept(id, 1);
    api.worker().succeed(id, 1, result);
    await().atMost(PATIENCE).until(() -> job(id).getBoolean("done"));
  }
}
