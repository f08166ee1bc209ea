package io.holdfast.api.kit;

import io.holdfast.api.kit.Kit.Commands;
import io.holdfast.api.kit.Kit.Facts;
import io.holdfast.api.kit.Kit.Part;
import io.holdfast.api.kit.Kit.Sentence;

/** A kit as text: Markdown, whose blocks of commands begin with {@code ```sh} and their name. */
final class KitText {
  private KitText() {}

  static String of(Kit kit) {
    StringBuilder text = new StringBuilder("# ").append(kit.title()).append("\n");
    for (Kit.Section section : kit.sections()) {
      text.append("\n## ").append(section.heading()).append("\n");
      section.parts().forEach(part -> append(text, part));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Part part) {
    switch (part) {
      case Sentence sentence -> text.append('\n').append(sentence.text()).append('\n');
      case Facts facts -> {
        text.append('\n');
        facts
            .rows()
            .forEach(
                (name, value) ->
                    text.append("- ").append(name).append(": ").append(value).append('\n'));
      }
      case Commands commands ->
          text.append("\n```sh ")
              .append(commands.name())
              .append('\n')
              .append(commands.script())
              .append("```\n");
    }
  }
}
