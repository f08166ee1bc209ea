package io.holdfast.bench;

import io.holdfast.embedded.process.Folders;
import java.nio.file.Path;

/** Section 3: a dump of one database into a directory. */
final class LogicalBackups {
  private final BenchStage stage;

  LogicalBackups(BenchStage stage) {
    this.stage = stage;
  }

  Table run(int repetitions) {
    Interleaved contenders = new Interleaved("Logical backup into a directory", stage.times());
    contenders.add("pg_dump -Fc --compress=0 piped into zstd -3 -T2", this::pipe);
    contenders.add("Holdfast, estimated row counts", () -> holdfast("ESTIMATED"));
    contenders.add("Holdfast, exact row counts (default)", () -> holdfast("EXACT"));
    return contenders.run(repetitions);
  }

  private long pipe() {
    Path folder = Folders.in(stage.folder(), "peer");
    Path file = folder.resolve("bench.dump.zst");
    Shell.run(
        stage.program("pg_dump")
            + " -Fc --compress=0 "
            + BenchStage.DATABASE
            + " | zstd -q -3 -T2 -o '"
            + file
            + "' && sync '"
            + file
            + "'",
        stage.libpq());
    long bytes = Clocked.bytesBelow(folder);
    Folders.delete(folder);
    return bytes;
  }

  private long holdfast(String rowCounts) {
    return stage
        .backup(
            "{\"method\":\"LOGICAL\",\"logical\":{\"databases\":{\"include\":[\""
                + BenchStage.DATABASE
                + "\"]},\"rowCounts\":\""
                + rowCounts
                + "\"}}")
        .path("storedBytes")
        .asLong();
  }
}
