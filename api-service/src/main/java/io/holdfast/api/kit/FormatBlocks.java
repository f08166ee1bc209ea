package io.holdfast.api.kit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The commands of {@code docs/repository-format.md}, by heading. The document is part of this
 * program, so that there is one text of them, which a test runs.
 */
final class FormatBlocks {
  private static final String DOCUMENT = "/docs/repository-format.md";

  private final Map<String, String> blocks = new HashMap<>();

  FormatBlocks() {
    String heading = "";
    boolean inside = false;
    for (String line : document().split("\n", -1)) {
      if (inside && !line.equals("```")) {
        blocks.merge(heading, line + "\n", String::concat);
      } else if (line.startsWith("#")) {
        heading = line.replaceFirst("^#+ ", "").replaceFirst(" \\(.*", "");
      }
      inside = line.equals("```sh") || (inside && !line.equals("```"));
    }
  }

  private static String document() {
    try (InputStream in = FormatBlocks.class.getResourceAsStream(DOCUMENT)) {
      if (in == null) {
        throw new IllegalStateException("built without " + DOCUMENT);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String block(String heading) {
    String block = blocks.get(heading);
    if (block == null) {
      throw new IllegalStateException("no commands under '" + heading + "' in " + DOCUMENT);
    }
    return block;
  }
}
