package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.process.Account;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shell blocks of a document, by their heading, to be run as they are written.
 *
 * @param blocks those under one heading are one
 */
record ShellBlocks(Map<String, String> blocks) {
  /**
   * @param document its path in the sources
   */
  static ShellBlocks of(String document) {
    Map<String, String> blocks = new LinkedHashMap<>();
    String heading = "";
    boolean inside = false;
    for (String line : lines(Path.of(System.getProperty("holdfast.home"), document))) {
      if (inside && !line.equals("```")) {
        blocks.merge(heading, line + "\n", String::concat);
      } else if (line.startsWith("#")) {
        heading = line.replaceFirst("^#+ ", "").replaceFirst(" \\(.*", "");
      }
      inside = line.equals("```sh") || (inside && !line.equals("```"));
    }
    return new ShellBlocks(blocks);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What stands under the heading, in one piece. */
  String get(String heading) {
    assertThat(blocks).containsKey(heading);
    return blocks.get(heading);
  }

  /** As the user who runs servers. */
  static void run(String script, Map<String, String> variables) throws Exception {
    List<String> command = new ArrayList<>();
    String account = Account.forPostgres().name();
    if (!account.isEmpty()) {
      command.addAll(
          List.of("setpriv", "--reuid=" + account, "--regid=" + account, "--init-groups", "--"));
    }
    command.addAll(List.of("bash", "-c", script));
    shell(command, variables);
  }

  /** Fails with its output unless it ends well. */
  static void shell(List<String> command, Map<String, String> variables) throws Exception {
    Path output = Files.createTempFile("holdfast-tools", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(variables);
    int exit = builder.start().waitFor();
    assertThat(exit).as("%s%n%s", command.getLast(), Files.readString(output)).isZero();
    Files.delete(output);
  }
}
