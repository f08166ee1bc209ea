package io.holdfast.worker.job;

import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.backup.BackupJob;
import io.holdfast.worker.backup.BackupRooms;
import io.holdfast.worker.check.ClusterCheck;
import io.holdfast.worker.copy.CopyJob;
import io.holdfast.worker.copy.CopyWalJob;
import io.holdfast.worker.drill.DrillJob;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.expire.ExpireJob;
import io.holdfast.worker.hold.LegalHoldJob;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.point.RestorePointJob;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.probe.CheckJob;
import io.holdfast.worker.probe.ProbeJob;
import io.holdfast.worker.recovery.RecoveryRooms;
import io.holdfast.worker.reencryption.ReencryptJob;
import io.holdfast.worker.reencryption.ReencryptWalJob;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.restore.RestoreJob;
import io.holdfast.worker.restore.RestoreRooms;
import io.holdfast.worker.rotation.RotateKeysJob;
import io.holdfast.worker.scan.ScanJob;
import io.holdfast.worker.scratch.Scratch;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.verify.VerifyJob;
import io.holdfast.worker.verify.VerifyRooms;
import io.holdfast.worker.wal.archive.Declaration;
import io.holdfast.worker.wal.archive.Declarations;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;

/** Where each verb is done. */
@ApplicationScoped
class JobRooms implements JobBody {
  private final RepositoryFactory repositories;
  private final Credentials credentials;
  private final NodeProbe nodes;
  private final Clock clock;
  private final String version;

  private final BackupRooms backups;
  private final RestoreRooms restores;
  private final VerifyRooms verifications;
  private final ClusterCheck checks;
  private final RestorePointJob points;

  JobRooms(
      RepositoryFactory repositories,
      NodeProbe nodes,
      Credentials credentials,
      WorkerConfig config,
      Scratch own,
      WorkerIdentity identity,
      Declarations archives,
      Clock clock) {
    this.repositories = repositories;
    this.credentials = credentials;
    this.nodes = nodes;
    this.clock = clock;
    this.version = identity.version();
    PgTools programs = programs(config);
    Path scratch = own.folder();
    this.backups =
        new BackupRooms(
            repositories,
            nodes,
            credentials,
            programs,
            Connections.patient(),
            scratch,
            clock,
            version);
    this.checks = new ClusterCheck(nodes::probe, Connections.brisk(), credentials, programs);
    this.points = new RestorePointJob(nodes, credentials, clock);
    this.restores =
        new RestoreRooms(
            repositories,
            nodes,
            credentials,
            programs,
            Connections.patient(),
            scratch,
            RecoveryRooms.of(programs, new Seals(new Keyring(credentials))),
            name -> archives.of(name).map(Declaration::cluster),
            clock);
    this.verifications = new VerifyRooms(repositories, credentials, programs, scratch, clock);
  }

  private static PgTools programs(WorkerConfig config) {
    return new PgTools(
        Arrays.stream(config.postgresDirectories().split("[:,]"))
            .map(directory -> Path.of(directory.strip()))
            .toList());
  }

  @Override
  public JobResult run(JobSpec spec, Attempt attempt) {
    return switch (spec) {
      case JobSpec.Probe probe -> new ProbeJob(repositories).run(probe, attempt);
      case JobSpec.Backup backup -> new BackupJob(backups).run(backup, attempt);
      case JobSpec.Restore restore -> new RestoreJob(restores).run(restore, attempt);
      case JobSpec.Verify verify -> new VerifyJob(verifications).run(verify, attempt);
      case JobSpec.RestorePoint point -> points.run(point, attempt);
      case JobSpec.Drill drill -> new DrillJob(restores).run(drill, attempt);
      case JobSpec.Copy copy -> new CopyJob(repositories, clock).run(copy, attempt);
      case JobSpec.CopyWal copy -> new CopyWalJob(repositories, clock).run(copy, attempt);
      case JobSpec.RotateKeys rotate ->
          new RotateKeysJob(repositories, credentials).run(rotate, attempt);
      case JobSpec.Scan scan -> new ScanJob(repositories, clock).run(scan, attempt);
      case JobSpec.Expire expire -> new ExpireJob(repositories, clock).run(expire, attempt);
      case JobSpec.LegalHold hold -> new LegalHoldJob(repositories).run(hold, attempt);
      case JobSpec.Reencrypt reencrypt ->
          new ReencryptJob(repositories, restores.seals(), clock, version).run(reencrypt, attempt);
      case JobSpec.ReencryptWal reencrypt ->
          new ReencryptWalJob(repositories, restores.seals()).run(reencrypt, attempt);
      case JobSpec.Check check ->
          new CheckJob(repositories, checks, restores.seals()).run(check, attempt);
    };
  }

  Topology topology(ClusterSpec cluster) {
    return nodes.probe(cluster);
  }
}
