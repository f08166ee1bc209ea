package io.holdfast.worker.recovery;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.wal.TimelineHistory;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.scratch.FileTree;
import io.holdfast.worker.server.ThrowAwayServer;
import io.holdfast.worker.wal.fetch.Fetched;
import io.holdfast.worker.wal.fetch.WalFeed;
import io.holdfast.worker.wal.fetch.WalOrder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server that has recovered to its target and waits there, open for reading on a private socket.
 * Closing it stops it at once and leaves the data directory, unopened, in recovery.
 */
public final class RecoveredServer implements Closeable {
  private final RecoveryPlan plan;
  private final ThrowAwayServer server;
  private final Feeding feeding;
  private final Reached reached;
  private final Copy copy;

  RecoveredServer(
      RecoveryPlan plan, ThrowAwayServer server, Feeding feeding, Reached reached, Copy copy) {
    this.plan = plan;
    this.server = server;
    this.feeding = feeding;
    this.reached = reached;
    this.copy = copy;
  }

  /** The feed and the folder with its token. */
  record Feeding(WalFeed feed, Path folder) implements Closeable {
    @Override
    public void close() throws IOException {
      feed.close();
      FileTree.delete(folder);
    }
  }

  record Copy(int major, Path data) {}

  public Reached reached() {
    return reached;
  }

  /** To ask it something. */
  public ThrowAwayServer server() {
    return server;
  }

  /**
   * Lets it write, on a timeline of its own. It still runs, on its private socket.
   *
   * @return the new timeline
   * @throws JobFailure TARGET_MISSED when that does not begin where recovery ended
   */
  public int promote(Progress progress) {
    progress.phase("PROMOTING", null);
    int timeline;
    try (Connection connection = server.connect("template1")) {
      text(connection, "select pg_wal_replay_resume()::text");
      while (text(connection, "select pg_is_in_recovery()::text").equals("true")) {
        progress.advanced(0);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
      String file = text(connection, "select pg_walfile_name(pg_current_wal_lsn())");
      timeline = Integer.parseInt(file.substring(0, 8), 16);
    } catch (SQLException e) {
      server.requireAlive(e);
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED,
          "the recovered server was not promoted: " + e.getMessage(),
          "Look at the server's message.",
          e);
    }
    requireBegunHere(timeline);
    return timeline;
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (ResultSet row = connection.createStatement().executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private void requireBegunHere(int timeline) {
    WalFileName name = WalFileName.history(timeline);
    try {
      TimelineHistory history =
          TimelineHistory.parse(
              timeline, Files.readString(copy.data().resolve("pg_wal").resolve(name.toString())));
      TimelineHistory.Ancestor parent = history.ancestors().getLast();
      if (parent.timeline() != reached.timeline() || !parent.switchedAt().equals(reached.lsn())) {
        throw new JobFailure(
            ErrorCode.TARGET_MISSED,
            "the copy's timeline "
                + timeline
                + " comes from timeline "
                + parent.timeline()
                + " at "
                + parent.switchedAt()
                + ", recovery ended on timeline "
                + reached.timeline()
                + " at "
                + reached.lsn(),
            "Do not use this copy.");
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Stops a promoted server in order, so that the copy is left clean. */
  public void shutDown() {
    server.shutDown(plan.rooms().programs(), copy.major(), copy.data());
  }

  /**
   * Stops it where it is and puts the WAL that the next start needs into the copy, so that it comes
   * back read-only at this very point without an archive.
   *
   * @return the settings that the copy was given
   */
  public List<String> rest() {
    shutDown();
    Lsn redo = ControlFile.read(copy.data()).redo();
    WalOrder order = plan.order();
    Path wal = copy.data().resolve("pg_wal");
    try {
      long last = order.size().numberBefore(reached.lsn());
      for (long number = order.size().number(redo); number <= last; number++) {
        Path file = wal.resolve(order.segment(number).toString());
        byte[] content = segment(number, file);
        Files.write(file, order.cut(reached.lsn(), number, content));
      }
      // A record begins here, or did: what is left of it would be replayed.
      Files.deleteIfExists(wal.resolve(order.segment(last + 1).toString()));
      for (int timeline : plan.path().histories()) {
        keepHistory(wal, timeline);
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    List<String> settings = new ArrayList<>();
    settings.add("recovery_target_timeline = '" + reached.timeline() + "'");
    settings.add("hot_standby = on");
    ControlFile.read(copy.data())
        .parameters()
        .forEach((name, value) -> settings.add(name + " = " + value));
    return settings;
  }

  /** From the archive, or for what only the backup has from the copy itself. */
  private byte[] segment(long number, Path file) throws IOException {
    return switch (plan.fetch().at(number, reached.timeline())) {
      case Fetched.Present present -> present.content();
      case Fetched.Absent absent -> Files.readAllBytes(file);
      case Fetched.Unknown unknown -> throw unknown.because();
    };
  }

  /** All of them: whoever promotes the copy gets a timeline that the source never had. */
  private void keepHistory(Path wal, int timeline) throws IOException {
    WalFileName name = WalFileName.history(timeline);
    if (timeline > 1 && plan.fetch().get(name) instanceof Fetched.Present history) {
      Files.writeString(
          wal.resolve(name.toString()), new String(history.content(), StandardCharsets.UTF_8));
    }
  }

  private JobFailure unreadable(IOException e) {
    return new JobFailure(
        ErrorCode.RESTORE_FAILED,
        "the WAL of the copy in '" + copy.data() + "' cannot be read or written: " + e.getMessage(),
        "Look at the target's disk.",
        e);
  }

  @Override
  public void close() throws IOException {
    try {
      server.close();
    } finally {
      feeding.close();
    }
  }
}
