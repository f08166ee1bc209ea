package io.holdfast.worker.drill;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.drill.DrillSpec;
import io.holdfast.model.job.JobResult.Drilled;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Artifact.Kind;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.chain.BackupChain;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.rate.RateLimit;
import io.holdfast.worker.recovery.Reached;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.restore.Fallback;
import io.holdfast.worker.restore.RestoreRooms;
import io.holdfast.worker.server.InventoryComparison;
import io.holdfast.worker.server.SurvivingTables;
import io.holdfast.worker.server.ThrowAwayServer;
import io.holdfast.worker.stored.BaseArchives;
import io.holdfast.worker.transfer.Transfer;
import io.holdfast.worker.verify.ProofFolder;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Restores for proof: into the worker's scratch directory, recovered to the target, opened, asked,
 * measured, and removed. What is found is told as it is found; one bad finding fails the job, after
 * all the others were made.
 */
public final class DrillJob {
  private final RestoreRooms rooms;

  public DrillJob(RestoreRooms rooms) {
    this.rooms = rooms;
  }

  /**
   * @throws JobFailure DRILL_FAILED when something is wrong with what came back; the code of the
   *     restore when nothing came back
   */
  public Drilled run(JobSpec.Drill spec, Attempt attempt) {
    Evidence evidence = new Evidence(attempt);
    evidence.facts().put("backupId", spec.backupId().toString());
    evidence.facts().put("recoveryTarget", Wire.text(spec.drill().target()));
    try {
      Drilled drilled =
          Fallback.read(
              spec.repository(),
              spec.copies(),
              () -> false,
              attempt,
              place -> drill(spec, place, evidence, attempt));
      evidence.tellFacts();
      evidence.requireNoneFailed();
      return drilled;
    } catch (JobFailure failure) {
      if (failure.code() != ErrorCode.DRILL_FAILED) {
        evidence.failed("recovery", failure.getMessage(), failure.hint());
        evidence.tellFacts();
      }
      throw failure;
    }
  }

  private Drilled drill(
      JobSpec.Drill spec, RepositorySpec place, Evidence evidence, Attempt attempt) {
    try (Repository repository = rooms.repositories().open(place);
        ProofFolder folder = ProofFolder.below(rooms.scratch())) {
      BackupLayout layout = new BackupLayout(spec.sourceCluster(), spec.backupId());
      BackupChain chain =
          BackupChain.read(
              repository,
              new ManifestStore(repository, rooms.seals(), rooms.clock()),
              layout,
              new Transfer(repository, attempt, RateLimit.none()),
              attempt);
      chain.requireKnown(spec.encrypted(), spec.manifestSha256());
      chain.requireReadable();
      return drill(spec, place, chain, repository, folder, evidence, attempt);
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.NO_SPACE,
          "the worker's scratch directory failed: " + e.getMessage(),
          "Look at its space and permissions.",
          e);
    }
  }

  private Drilled drill(
      JobSpec.Drill spec,
      RepositorySpec place,
      BackupChain chain,
      Repository repository,
      ProofFolder folder,
      Evidence evidence,
      Attempt attempt)
      throws IOException {
    Inventory recorded =
        Wire.read(new BaseArchives(chain.asked()).bytes(Kind.INVENTORY), Inventory.class);
    long begun = System.nanoTime();
    try (DrillServer server =
        DrillServer.restore(rooms, repository, chain, spec.drill(), folder.path(), recorded)) {
      Duration recovery = Duration.ofNanos(System.nanoTime() - begun);
      server.reached().ifPresent(reached -> reached.into(evidence.facts()));
      evidence.facts().put("recoverySeconds", seconds(recovery));
      evidence.ok("recovery", server.sentence());
      readFrom(spec, place, evidence);
      Duration loss = measure(spec.drill(), server.reached().orElse(null), recovery, evidence);
      examine(spec.drill(), recorded, server, evidence, attempt);
      return new Drilled(spec.backupId(), recovery, loss, evidence.findings(), evidence.facts());
    }
  }

  private static void readFrom(JobSpec.Drill spec, RepositorySpec place, Evidence evidence) {
    evidence.facts().put("repository", place.name());
    if (!place.equals(spec.repository())) {
      evidence.warning(
          "repository",
          "Repository '"
              + spec.repository().name()
              + "' could not give the backup; it was read from its copy in '"
              + place.name()
              + "'. The time counts from there.",
          "The history of the job says why. Verify the backup, and look at the repository.");
    }
  }

  private static Duration measure(
      DrillSpec drill, Reached reached, Duration recovery, Evidence evidence) {
    String took = "It took " + seconds(recovery) + " s to a server that answers";
    if (recovery.compareTo(drill.recoveryTimeObjective()) <= 0) {
      evidence.ok(
          "recovery-time", took + ", of " + seconds(drill.recoveryTimeObjective()) + " s allowed.");
    } else {
      evidence.failed(
          "recovery-time",
          took + ", where " + seconds(drill.recoveryTimeObjective()) + " s are allowed.",
          "Take base backups more often, or give the restore a faster disk and network.");
    }
    if (!(drill.target() instanceof RecoveryTarget.Time time)
        || reached == null
        || reached.time() == null) {
      return null;
    }
    Duration loss = Duration.between(reached.time(), time.time());
    evidence.facts().put("lossSeconds", seconds(loss));
    String lay = "The last recovered transaction lay " + seconds(loss) + " s before the target";
    if (loss.compareTo(drill.recoveryPointObjective()) <= 0) {
      evidence.ok(
          "data-loss", lay + ", of " + seconds(drill.recoveryPointObjective()) + " s allowed.");
    } else {
      // Proven before the recovery: the archive has no commit between the two.
      evidence.warning(
          "data-loss",
          lay
              + ", more than the "
              + seconds(drill.recoveryPointObjective())
              + " s allowed; nothing was committed in between.",
          "The database was quiet then; drill to a busier moment to learn more.");
    }
    return loss;
  }

  private static void examine(
      DrillSpec drill, Inventory recorded, DrillServer server, Evidence evidence, Attempt attempt) {
    try {
      attempt.phase("COMPARING", null);
      InventoryComparison.Restored restored = server.server()::connect;
      if (server.reached().isEmpty()) {
        InventoryComparison.compare(recorded, "template1", restored).forEach(evidence::found);
      } else {
        SurvivingTables.look(recorded, restored).forEach(evidence::found);
      }
      if (drill.amcheck()) {
        attempt.phase("CHECKING INDEXES", null);
        new IndexCheck(server.server(), evidence, attempt).run(databases(server.server()));
      }
      attempt.phase("ASSERTING", null);
      new Assertions(server.server(), evidence).run(drill.assertions());
    } catch (SQLException e) {
      server.server().requireAlive(e);
      evidence.failed(
          "server",
          "The restored server could not be asked: SQL state " + e.getSQLState() + ".",
          "Look at the worker's log.");
    } catch (JobFailure failure) {
      evidence.failed("contents", failure.getMessage(), failure.hint());
    }
  }

  private static List<String> databases(ThrowAwayServer server) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Connection connection = server.connect("template1");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select datname from pg_database where datallowconn order by datname")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toNanos() / 1e9);
  }
}
