package io.holdfast.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.Stack;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A verification of level CHECKSUM against {@code sha256sum} of the same objects by curl. The
 * backup is not compressed: the reading shall outweigh what every job takes however little it
 * reads.
 */
final class Checksums {
  private final BenchStage stage;

  Checksums(BenchStage stage) {
    this.stage = stage;
  }

  Table run(int repetitions) {
    String id =
        stage
            .backup(
                "{\"method\":\"PHYSICAL\",\"repository\":\"s3\",\"compression\":{\"codec\":\"NONE\"}}")
            .path("id")
            .asText();
    JsonNode backup = stage.api().get("/backups/" + id);
    long bytes = backup.path("storedBytes").asLong();
    String script = script(backup);
    Interleaved contenders =
        new Interleaved("Reading a base backup again, from S3 over TLS", stage.times());
    contenders.add(
        "curl | sha256sum of each object",
        () -> {
          String unused = Shell.run(script, Map.of());
          return bytes;
        });
    contenders.add(
        "Holdfast, verification of level CHECKSUM",
        () -> {
          JsonNode unused =
              stage.run("/backups/" + id + "/verifications", "{\"level\":\"CHECKSUM\"}");
          return bytes;
        });
    return contenders.run(repetitions);
  }

  private String script(JsonNode backup) {
    List<String> lines = new ArrayList<>();
    for (JsonNode artifact : backup.path("artifacts")) {
      lines.add(
          stage.signedCurl()
              + " '"
              + stage.store().endpoint()
              + "/"
              + Stack.BUCKET
              + "/clusters/bench/backups/"
              + backup.path("id").asText()
              + "/"
              + artifact.path("object").asText()
              + "' | sha256sum | grep -q '^"
              + artifact.path("storedSha256").asText()
              + "'");
    }
    return String.join("\n", lines) + "\n";
  }
}
