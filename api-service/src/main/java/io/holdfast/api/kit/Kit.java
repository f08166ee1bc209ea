package io.holdfast.api.kit;

import java.util.List;
import java.util.Map;

/** What the kit says, before it is a page or a text. */
record Kit(String title, List<Section> sections) {

  record Section(String heading, List<Part> parts) {}

  sealed interface Part permits Sentence, Facts, Commands {}

  record Sentence(String text) implements Part {}

  /** In their order. */
  record Facts(Map<String, String> rows) implements Part {}

  /**
   * For {@code bash}, in one shell with all the others of its section and those before.
   *
   * @param name of the block, unique in the kit; how a script finds it
   */
  record Commands(String name, String script) implements Part {}
}
