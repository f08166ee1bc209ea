package io.holdfast.bench;

import io.holdfast.embedded.process.Account;
import io.holdfast.embedded.process.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Section 2: from the request until the restored server accepts connections. */
final class Restores {
  private final BenchStage stage;
  private final PgBackRest pgBackRest;
  private final List<Path> restored = new ArrayList<>();
  private int number;

  Restores(BenchStage stage, PgBackRest pgBackRest) {
    this.stage = stage;
    this.pgBackRest = pgBackRest;
  }

  /** Takes the backups first, outside the clock. */
  String run(int repetitions) {
    pgBackRest.backupToDirectory();
    pgBackRest.backupToS3();
    return table("a directory", 1, taken("files"), repetitions)
        + table("S3 over TLS", 2, taken("s3"), repetitions);
  }

  private String table(String from, int peerRepository, String backup, int repetitions) {
    Interleaved contenders =
        new Interleaved(
            "Restore from " + from + ", to \"accepts connections\"", stage.times(), this::discard);
    contenders.add(
        "pgBackRest restore, process-max=2, and pg_ctl start", () -> peer(peerRepository));
    contenders.add("Holdfast", () -> holdfast(backup));
    return contenders.run(repetitions).markdown();
  }

  private String taken(String repository) {
    return stage
        .backup("{\"method\":\"PHYSICAL\",\"repository\":\"" + repository + "\"}")
        .path("id")
        .asText();
  }

  private long peer(int repository) {
    Path data = Account.forPostgres().createPrivate(next());
    pgBackRest.restore(repository, data, Ports.free());
    restored.add(data);
    return 0;
  }

  private long holdfast(String backup) {
    Path data = next();
    stage.run(
        "/restores",
        "{\"backupId\":\""
            + backup
            + "\",\"physical\":{\"directory\":\""
            + data
            + "\",\"start\":true,\"check\":false}}");
    restored.add(data);
    return 0;
  }

  private Path next() {
    return stage.stack().restoresRoot().resolve("copy-" + ++number);
  }

  private void discard() {
    restored.forEach(stage::discardRestored);
    restored.clear();
  }
}
