package io.holdfast.bench;

import io.holdfast.embedded.Stack;
import io.holdfast.embedded.process.Await;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Section 6: how long a server's own archiver takes for a backlog of whole segments. Every
 * contender gets the same segments: their status files are set back, and what was stored is
 * removed.
 */
final class WalPushes {
  private static final int SEGMENTS = 96;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final BenchStage stage;
  private final PgBackRest pgBackRest;
  private List<String> backlog = List.of();

  WalPushes(BenchStage stage, PgBackRest pgBackRest) {
    this.stage = stage;
    this.pgBackRest = pgBackRest;
  }

  String run(int repetitions) {
    for (String repository : List.of("files", "s3")) {
      stage.declareArchived("read-" + repository, repository, "\"transfer\":\"READ\"");
      stage.declareArchived(
          "same-" + repository, repository, "\"transfer\":\"READ\",\"compressionLevel\":3");
      stage.declareArchived("send-" + repository, repository, "\"transfer\":\"SEND\"");
    }
    makeBacklog();
    return table("a directory", 1, "files", repetitions)
        + table("S3 over TLS", 2, "s3", repetitions);
  }

  /** CPU time is the whole machine's: what pgBackRest starts beside the archiver has no parent. */
  private String table(String to, int peerRepository, String repository, int repetitions) {
    Interleaved contenders =
        new Interleaved(
            SEGMENTS + " segments of 16 MB to " + to, ProcessTimes::machine, this::setBack);
    contenders.add(
        "pgBackRest archive-push, asynchronous, process-max=2, level 3",
        () ->
            archive(
                pgBackRest.asynchronousPush(peerRepository),
                pgBackRest.archiveFolder(peerRepository)));
    contenders.add(
        "Holdfast, files read beside the server, level 1 (default)",
        () -> archived("read-" + repository));
    contenders.add(
        "Holdfast, files read beside the server, level 3", () -> archived("same-" + repository));
    contenders.add(
        "Holdfast, files sent by curl, level 1 (default)", () -> archived("send-" + repository));
    if (peerRepository == 2) {
      contenders.add(
          "curl -T of raw segments",
          () -> archive(rawCurl(), stage.store().folderOf(Stack.BUCKET).resolve("raw")));
    }
    return contenders.run(repetitions).markdown();
  }

  private long archived(String cluster) {
    return archive(stage.archiveCommand(cluster), walFolder(cluster));
  }

  /** Where a cluster that {@link #run} declares has its WAL. */
  private Path walFolder(String cluster) {
    Path root =
        cluster.endsWith("-s3") ? stage.store().folderOf(Stack.BUCKET) : stage.repositoryFolder();
    return root.resolve("clusters/" + cluster + "/wal");
  }

  private String rawCurl() {
    return stage.signedCurl()
        + " --upload-file %p "
        + stage.store().endpoint()
        + "/"
        + Stack.BUCKET
        + "/raw/%f";
  }

  /** Finished segments that wait, because there is no command. */
  private void makeBacklog() {
    command("");
    stage.server().executeIn(BenchStage.DATABASE, "CREATE TABLE wal_filler (id bigint, t text)");
    do {
      stage
          .server()
          .executeIn(
              BenchStage.DATABASE,
              "INSERT INTO wal_filler SELECT i, md5(i::text) || repeat(md5((i / 16)::text), 8)"
                  + " FROM generate_series(1, 40000) i",
              "UPDATE wal_filler SET id = id + 1 WHERE id % 7 = 0",
              "TRUNCATE wal_filler");
    } while (waiting().size() < SEGMENTS);
    backlog = waiting().subList(0, SEGMENTS);
  }

  private long archive(String command, Path stored) {
    command(command);
    String last = backlog.getLast();
    Await.until(
        "segments are archived", PATIENCE, () -> Files.exists(status().resolve(last + ".done")));
    return Clocked.bytesBelow(stored);
  }

  private void command(String command) {
    stage.server().set(Map.of("archive_command", command));
    stage.server().execute("SELECT pg_reload_conf()");
  }

  private Path status() {
    return stage.server().data().resolve("pg_wal/archive_status");
  }

  private List<String> waiting() {
    try (Stream<Path> files = Files.list(status())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("[0-9A-F]{24}\\.ready"))
          .map(name -> name.substring(0, name.length() - ".ready".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void setBack() {
    command("");
    try {
      for (String segment : backlog) {
        Path done = status().resolve(segment + ".done");
        if (Files.exists(done)) {
          Files.move(done, status().resolve(segment + ".ready"));
        }
      }
      List<Path> archives =
          Stream.concat(
                  Stream.of(stage.store().folderOf(Stack.BUCKET).resolve("raw")),
                  Stream.of("files", "s3")
                      .flatMap(
                          repository ->
                              Stream.of("read-", "same-", "send-")
                                  .map(kind -> walFolder(kind + repository))))
              .toList();
      for (Path stored : archives) {
        if (Files.exists(stored)) {
          Folders.delete(stored);
        }
      }
      pgBackRest.forgetArchive();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
