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
  Table run(int repetitions) {
    pgBackRest.backup();
    String files = taken("files");
    String s3 = taken("s3");
    Interleaved contenders =
        new Interleaved("Restore, to \"accepts connections\"", stage.times(), this::discard);
    contenders.add("pgBackRest restore and pg_ctl start, from a directory", this::peer);
    contenders.add("Holdfast, from a directory", () -> holdfast(files));
    contenders.add("Holdfast, from S3 over HTTP", () -> holdfast(s3));
    return contenders.run(repetitions);
  }

  private String taken(String repository) {
    return stage
        .backup("{\"method\":\"PHYSICAL\",\"repository\":\"" + repository + "\"}")
        .path("id")
        .asText();
  }

  private long peer() {
    Path data = Account.forPostgres().createPrivate(next());
    pgBackRest.restore(data, Ports.free());
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
