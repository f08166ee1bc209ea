package io.holdfast.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Section 8: an incremental base backup after one page in a hundred was changed. Every contender
 * builds on a full backup of its own that was taken before the change, each time anew.
 */
final class Incrementals {
  private static final int ONE_IN = 100;
  private static final int WARM_UP = 5;

  private final BenchStage stage;
  private final PgBackRest pgBackRest;
  private final Map<String, List<Double>> phases = new LinkedHashMap<>();
  private Path full;

  /**
   * @param pgBackRest null where it does not know this PostgreSQL
   */
  Incrementals(BenchStage stage, PgBackRest pgBackRest) {
    this.stage = stage;
    this.pgBackRest = pgBackRest;
  }

  String run(int repetitions) {
    if (stage.server().install().major() < 17) {
      return "Incremental backups were not measured: they need PostgreSQL 17 or later.\n\n";
    }
    this.full = Folders.in(stage.folder(), "full");
    Shell.run(
        stage.program("pg_basebackup") + " -c fast -Ft -X fetch -D '" + full + "'", stage.libpq());
    String files = taken("files", null).path("id").asText();
    String s3 = taken("s3", null).path("id").asText();
    if (pgBackRest != null) {
      pgBackRest.blockIncremental();
      long stored = pgBackRest.backupToDirectory();
      stored = pgBackRest.backupToS3();
    }
    long pages = change();
    // A worker takes such backups again and again; a JVM's first ones cost twice as much.
    for (int i = 0; i < WARM_UP; i++) {
      JsonNode unused = taken("files", files);
      unused = taken("s3", s3);
    }
    Interleaved contenders =
        new Interleaved(
            "Incremental base backup, " + pages + " pages of 8 KiB changed", stage.times());
    contenders.add(
        "pg_basebackup --incremental -Ft -X fetch, client-zstd",
        () -> pgBasebackup("-Ft -X fetch --compress=client-zstd:level=3"));
    contenders.add("pg_basebackup --incremental -Fp -X stream", () -> pgBasebackup("-Fp"));
    contenders.add("Holdfast, to a directory", () -> holdfast("files", files));
    contenders.add("Holdfast, to S3 over TLS", () -> holdfast("s3", s3));
    if (pgBackRest != null) {
      contenders.add(
          "pgBackRest, differential with repo-block, to a directory",
          pgBackRest::differentialToDirectory);
      contenders.add(
          "pgBackRest, differential with repo-block, to S3 over TLS", pgBackRest::differentialToS3);
    }
    return contenders.run(repetitions).markdown() + phases();
  }

  /** Locks a row on every hundredth page of the large tables, which is written into the page. */
  private long change() {
    PostgresServer server = stage.server();
    long pages = 0;
    for (String table : List.of("entry", "pgbench_accounts")) {
      pages +=
          Long.parseLong(
              server.queryTextIn(
                  BenchStage.DATABASE,
                  "WITH locked AS (SELECT 1 FROM "
                      + table
                      + " WHERE ctid = ANY (ARRAY(SELECT format('(%s,1)', page)::tid"
                      + " FROM generate_series(0, pg_relation_size('"
                      + table
                      + "') / 8192 - 1, "
                      + ONE_IN
                      + ") page)) FOR UPDATE) SELECT count(*) FROM locked"));
    }
    server.execute("CHECKPOINT");
    return pages;
  }

  private long pgBasebackup(String format) {
    Path folder = Folders.in(stage.folder(), "peer");
    Shell.run(
        stage.program("pg_basebackup")
            + " -c fast "
            + format
            + " --incremental='"
            + full
            + "/backup_manifest' -D '"
            + folder
            + "'",
        stage.libpq());
    long bytes = Clocked.bytesBelow(folder);
    Folders.delete(folder);
    return bytes;
  }

  private long holdfast(String repository, String parent) {
    JsonNode backup = taken(repository, parent);
    note(backup.path("jobId").asText());
    return backup.path("storedBytes").asLong();
  }

  private JsonNode taken(String repository, String parent) {
    return stage.backup(
        "{\"method\":\"PHYSICAL\",\"repository\":\""
            + repository
            + "\""
            + (parent == null
                ? ""
                : ",\"physical\":{\"type\":\"INCREMENTAL\",\"parent\":\"" + parent + "\"}")
            + "}");
  }

  /** From each event of the job to the next. */
  private void note(String job) {
    String last = null;
    Instant at = null;
    for (JsonNode event : stage.api().get("/jobs/" + job + "/events").path("items")) {
      Instant now = Instant.parse(event.path("at").asText());
      String phase = event.path("phase").asText("");
      String type = event.path("type").asText();
      if (type.equals("PROGRESSED") && phase.equals(last)) {
        continue;
      }
      if (last != null) {
        phases
            .computeIfAbsent(last, first -> new ArrayList<>())
            .add(Duration.between(at, now).toNanos() / 1e6);
      }
      last = phase.isEmpty() ? type : phase;
      at = now;
    }
  }

  private String phases() {
    StringBuilder text =
        new StringBuilder(
            "### What a job of Holdfast's does meanwhile\n\n| from this on | median ms |\n|---|---:|\n");
    phases.forEach(
        (phase, values) -> {
          Collections.sort(values);
          text.append(
              String.format(Locale.ROOT, "| %s | %.0f |%n", phase, values.get(values.size() / 2)));
        });
    return text.append('\n').toString();
  }
}
