package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a peer's command as it would be typed. */
final class Shell {
  private Shell() {}

  /**
   * @param script run by {@code bash -euo pipefail}
   * @return what it printed
   * @throws IllegalStateException when it exits with another status than 0, with its output
   */
  static String run(String script, Map<String, String> environment) {
    try {
      Path output = Files.createTempFile("holdfast-bench", ".out");
      ProcessBuilder builder =
          new ProcessBuilder(List.of("bash", "-euo", "pipefail", "-c", script))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      int status = builder.start().waitFor();
      String said = Files.readString(output, StandardCharsets.UTF_8);
      Files.delete(output);
      if (status != 0) {
        throw new IllegalStateException("exit " + status + " of: " + script + "\n" + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
