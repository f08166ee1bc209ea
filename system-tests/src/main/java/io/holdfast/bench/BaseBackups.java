package io.holdfast.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.process.Folders;
import java.nio.file.Path;

/** Section 1: a base backup of the whole cluster. */
final class BaseBackups {
  private final BenchStage stage;
  private final PgBackRest pgBackRest;

  BaseBackups(BenchStage stage, PgBackRest pgBackRest) {
    this.stage = stage;
    this.pgBackRest = pgBackRest;
  }

  String run(int repetitions) {
    return toDirectory(repetitions).markdown() + toS3(repetitions).markdown();
  }

  private Table toDirectory(int repetitions) {
    Interleaved contenders =
        new Interleaved(
            "Base backup to a directory, zstd level 3, two compression threads", stage.times());
    contenders.add("pgBackRest, process-max=2", pgBackRest::backupToDirectory);
    contenders.add("pg_basebackup -Ft -X fetch, client-zstd workers=2", this::clientZstd);
    contenders.add("pg_basebackup -Ft -X fetch -D - piped into zstd -3 -T2", this::pipe);
    contenders.add("pg_basebackup -Ft -X fetch, server-zstd workers=2", this::serverZstd);
    contenders.add("Holdfast, worker compresses", () -> holdfast("files", "WORKER"));
    contenders.add("Holdfast, server compresses", () -> holdfast("files", "SERVER"));
    return contenders.run(repetitions);
  }

  private Table toS3(int repetitions) {
    Interleaved contenders =
        new Interleaved(
            "Base backup to S3 over TLS, zstd level 3, two compression threads", stage.times());
    contenders.add("pgBackRest, process-max=2", pgBackRest::backupToS3);
    contenders.add("Holdfast, worker compresses", () -> holdfast("s3", "WORKER"));
    contenders.add("Holdfast, server compresses", () -> holdfast("s3", "SERVER"));
    return contenders.run(repetitions);
  }

  private long clientZstd() {
    return pgBasebackup(folder -> "-D '" + folder + "' --compress=client-zstd:level=3,workers=2");
  }

  private long serverZstd() {
    return pgBasebackup(folder -> "-D '" + folder + "' --compress=server-zstd:level=3,workers=2");
  }

  private long pipe() {
    return pgBasebackup(
        folder ->
            "-D - | zstd -q -3 -T2 -o '"
                + folder
                + "/base.tar.zst' && sync '"
                + folder
                + "/base.tar.zst'");
  }

  private long pgBasebackup(java.util.function.Function<Path, String> rest) {
    Path folder = Folders.in(stage.folder(), "peer");
    Shell.run(
        stage.program("pg_basebackup") + " -c fast -Ft -X fetch " + rest.apply(folder),
        stage.libpq());
    long bytes = Clocked.bytesBelow(folder);
    Folders.delete(folder);
    return bytes;
  }

  private long holdfast(String repository, String where) {
    JsonNode backup =
        stage.backup(
            "{\"method\":\"PHYSICAL\",\"repository\":\""
                + repository
                + "\",\"compression\":{\"codec\":\"ZSTD\",\"level\":3,\"workers\":2,\"where\":\""
                + where
                + "\"}}");
    return backup.path("storedBytes").asLong();
  }
}
