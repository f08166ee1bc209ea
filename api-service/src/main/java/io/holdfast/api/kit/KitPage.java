package io.holdfast.api.kit;

import io.holdfast.api.kit.Kit.Commands;
import io.holdfast.api.kit.Kit.Facts;
import io.holdfast.api.kit.Kit.Part;
import io.holdfast.api.kit.Kit.Sentence;

/**
 * A kit as one HTML page that needs nothing else: no script, no image, no font. It is made to be
 * printed. Everything that came from outside is escaped.
 */
final class KitPage {
  private static final String STYLE =
      """
      body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
      color:#111;background:#fff}
      h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;border-top:2px solid #111;\
      padding-top:.5rem}
      table{border-collapse:collapse;width:100%}
      th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ccc}
      th{width:16rem;font-weight:600}
      code,pre{font-family:ui-monospace,monospace;font-size:.85em;white-space:pre-wrap;\
      overflow-wrap:anywhere}
      pre{border:1px solid #999;padding:.6rem}
      @media print{body{margin:0;max-width:none}h2{break-after:avoid}}
      """;

  private KitPage() {}

  static String of(Kit kit) {
    StringBuilder html = new StringBuilder();
    html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
        .append("<title>")
        .append(escape(kit.title()))
        .append("</title><style>\n")
        .append(STYLE)
        .append("</style></head><body>\n<h1>")
        .append(escape(kit.title()))
        .append("</h1>\n");
    for (Kit.Section section : kit.sections()) {
      html.append("<h2>").append(escape(section.heading())).append("</h2>\n");
      section.parts().forEach(part -> append(html, part));
    }
    return html.append("</body></html>\n").toString();
  }

  private static void append(StringBuilder html, Part part) {
    switch (part) {
      case Sentence sentence -> html.append("<p>").append(escape(sentence.text())).append("</p>\n");
      case Facts facts -> {
        html.append("<table><tbody>\n");
        facts
            .rows()
            .forEach(
                (name, value) ->
                    html.append("<tr><th>")
                        .append(escape(name))
                        .append("</th><td><code>")
                        .append(escape(value))
                        .append("</code></td></tr>\n"));
        html.append("</tbody></table>\n");
      }
      case Commands commands ->
          html.append("<pre id=\"")
              .append(escape(commands.name()))
              .append("\">")
              .append(escape(commands.script()))
              .append("</pre>\n");
    }
  }

  private static String escape(String text) {
    return text == null
        ? ""
        : text.replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("\"", "&quot;")
            .replace("'", "&#39;");
  }
}
