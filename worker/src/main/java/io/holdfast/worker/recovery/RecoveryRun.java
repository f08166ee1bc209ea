package io.holdfast.worker.recovery;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.server.ThrowAwayServer;
import io.holdfast.worker.wal.fetch.WalFeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One recovery. Whatever the end action is, the server first pauses at the target, open for reading
 * on a private socket: what it reached is compared with what was asked before anything is opened.
 */
final class RecoveryRun {
  private static final int MOST_STARTS = 5;
  private static final String STATE =
      """
      select pg_get_wal_replay_pause_state(), pg_last_wal_replay_lsn()::text,
             pg_last_xact_replay_timestamp()
      """;

  private final RecoveryPlan plan;
  private final int major;
  private final Path data;
  private final String superuser;
  private final Progress progress;

  RecoveryRun(RecoveryPlan plan, int major, Path data, String superuser, Progress progress) {
    this.plan = plan;
    this.major = major;
    this.data = data;
    this.superuser = superuser;
    this.progress = progress;
  }

  /**
   * @param time of the last transaction's end; null when none was applied
   */
  private record Paused(Lsn lsn, Instant time) {}

  RecoveredServer run() {
    progress.phase("RECOVERING", null);
    long begun = System.nanoTime();
    Path folder = null;
    try {
      folder = Files.createTempDirectory("holdfast-feed");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      WalFeed feed = WalFeed.open(plan.fetch(), plan.order(), folder);
      ThrowAwayServer.prepareForServer(folder);
      return recover(new RecoveredServer.Feeding(feed, folder), begun);
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.NO_SPACE,
          "the worker's temporary directory cannot be written: " + e.getMessage(),
          "Look at its space and permissions.",
          e);
    }
  }

  private RecoveredServer recover(RecoveredServer.Feeding feeding, long begun) throws IOException {
    try {
      for (int starts = 1; ; starts++) {
        Map<String, Integer> parameters = ControlFile.read(data).parameters();
        ThrowAwayServer server = start(feeding);
        try (Progress.Registration stop = progress.closeOnStop(server)) {
          Paused paused = awaitPause(server);
          boolean tooFew = !ControlFile.read(data).parameters().equals(parameters);
          if (!tooFew || starts == MOST_STARTS || reached(paused)) {
            requireReached(paused);
            return new RecoveredServer(
                plan,
                server,
                feeding,
                new Reached(
                    paused.lsn(),
                    paused.time(),
                    plan.timeline(),
                    (System.nanoTime() - begun) / 1e9,
                    feeding.feed().segments()),
                new RecoveredServer.Copy(major, data));
          }
          // The source was given more connections or the like meanwhile, and a server that recovers
          // waits until it has as many. What it needs stands in pg_control now.
          server.close();
        } catch (RuntimeException e) {
          closeAfter(server, e);
          throw e;
        }
      }
    } catch (RuntimeException e) {
      RuntimeException told = explained(e);
      try {
        feeding.close();
      } catch (IOException onClose) {
        told.addSuppressed(onClose);
      }
      throw told;
    }
  }

  private ThrowAwayServer start(RecoveredServer.Feeding feeding) {
    List<String> settings = new ArrayList<>(ControlFile.read(data).settings());
    settings.add("hot_standby=on");
    settings.add("recovery_min_apply_delay=0");
    settings.add("max_standby_archive_delay=0");
    settings.add("restore_command=" + feeding.feed().restoreCommand());
    settings.addAll(plan.settings());
    return ThrowAwayServer.start(
        plan.rooms().programs(), major, data, superuser, settings, progress);
  }

  private Paused awaitPause(ThrowAwayServer server) {
    while (true) {
      progress.advanced(0);
      try (Connection connection = server.connect("template1")) {
        Optional<Paused> paused = paused(connection);
        while (paused.isEmpty()) {
          progress.advanced(0);
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
          paused = paused(connection);
        }
        return paused.get();
      } catch (SQLException e) {
        // A session may lose against replay; a server that ended has said why.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        server.requireAlive(e);
      }
    }
  }

  private static Optional<Paused> paused(Connection connection) throws SQLException {
    try (ResultSet row = connection.createStatement().executeQuery(STATE)) {
      row.next();
      if (!"paused".equals(row.getString(1))) {
        return Optional.empty();
      }
      OffsetDateTime time = row.getObject(3, OffsetDateTime.class);
      return Optional.of(
          new Paused(Lsn.parse(row.getString(2)), time == null ? null : time.toInstant()));
    }
  }

  private boolean reached(Paused paused) {
    return plan.stop().reached() != null && plan.stop().reached().equals(paused.lsn());
  }

  private void requireReached(Paused paused) {
    RecoveryStop stop = plan.stop();
    if (stop.reached() != null && !stop.reached().equals(paused.lsn())) {
      throw missed(paused, "the end of its last record is " + stop.reached());
    }
    if (paused.lsn().compareTo(plan.path().base().stopLsn()) < 0) {
      throw missed(paused, "the backup ends at " + plan.path().base().stopLsn());
    }
    if (stop.bound() != null && paused.time() != null && beyond(paused.time())) {
      throw missed(paused, "its last transaction ended at " + paused.time());
    }
    if (stop.bound() != null && stop.reached() == null) {
      requireNothingLeftOut(paused);
    }
  }

  /** What ended next in the archive must lie beyond the target. */
  private void requireNothingLeftOut(Paused paused) {
    ArchivedRecords records = new ArchivedRecords(plan.fetch(), plan.path(), progress);
    Instant[] next = new Instant[1];
    records.from(
        records.before(paused.lsn()),
        record -> {
          boolean later = record.start().compareTo(paused.lsn()) >= 0;
          next[0] = later && record.endsTransaction() ? record.time() : null;
          return next[0] == null;
        });
    if (next[0] == null || !beyond(next[0])) {
      throw missed(paused, "the next transaction in the archive ended at " + next[0]);
    }
  }

  private boolean beyond(Instant time) {
    RecoveryStop stop = plan.stop();
    return stop.inclusive() ? time.isAfter(stop.bound()) : !time.isBefore(stop.bound());
  }

  private JobFailure missed(Paused paused, String why) {
    return new JobFailure(
        ErrorCode.TARGET_MISSED,
        "recovery to "
            + plan.stop().sentence()
            + " stopped at "
            + paused.lsn()
            + (paused.time() == null ? "" : ", after a transaction of " + paused.time())
            + "; "
            + why,
        "The copy was not opened. Remove it and look at the archive.");
  }

  /** A server that ended has a reason; where the archive withheld something, that is it. */
  private RuntimeException explained(RuntimeException e) {
    if (!(e instanceof JobFailure failure) || failure.code() != ErrorCode.RESTORE_FAILED) {
      return e;
    }
    if (plan.trouble().isPresent()) {
      JobFailure trouble = plan.trouble().get();
      return new JobFailure(
          trouble.code(),
          "recovery stopped, because the archive could not be read: " + trouble.getMessage(),
          trouble.hint(),
          failure);
    }
    boolean early = failure.getMessage().contains("before configured recovery target was reached");
    return early
        ? new JobFailure(
            ErrorCode.TARGET_MISSED,
            "recovery ended before " + plan.stop().sentence() + ": " + failure.getMessage(),
            "The copy was not opened. Remove it and look at the archive.",
            failure)
        : failure;
  }

  private static void closeAfter(ThrowAwayServer server, RuntimeException first) {
    try {
      server.close();
    } catch (IOException e) {
      first.addSuppressed(e);
    }
  }
}
