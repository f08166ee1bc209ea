package io.holdfast.api.notification;

import java.util.TreeMap;

/** A notice for people: the text of a mail, and that of a chat message. Pure. */
final class NoticeText {
  private NoticeText() {}

  /** One line, for a subject. */
  static String subject(Notice notice) {
    return "[Holdfast " + notice.severity() + "] " + printable(notice.title());
  }

  static String mail(Notice notice) {
    StringBuilder text = new StringBuilder();
    text.append(notice.detail()).append("\r\n");
    if (notice.hint() != null) {
      text.append("Look at: ").append(notice.hint()).append("\r\n");
    }
    text.append("\r\n");
    line(text, "Kind", notice.kind());
    line(text, "Code", notice.code());
    line(text, "Cluster", notice.cluster());
    line(text, "At", notice.at().toString());
    new TreeMap<>(notice.details()).forEach((name, value) -> line(text, name, value));
    new TreeMap<>(notice.labels()).forEach((name, value) -> line(text, "label " + name, value));
    new TreeMap<>(notice.links()).forEach((name, value) -> line(text, name, value));
    line(text, "Notice", notice.id());
    return text.toString();
  }

  /** What a notice says must not call people or show as a link of another name. */
  static String chat(Notice notice) {
    StringBuilder text = new StringBuilder();
    text.append("*")
        .append(escaped(subject(notice)))
        .append("*\n")
        .append(escaped(notice.detail()));
    if (notice.hint() != null) {
      text.append("\n_Look at:_ ").append(escaped(notice.hint()));
    }
    String link = notice.links().getOrDefault("job", notice.links().get("cluster"));
    if (link != null) {
      text.append("\n").append(escaped(link));
    }
    return text.toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static void line(StringBuilder text, String name, String value) {
    if (value != null) {
      text.append(name).append(": ").append(printable(value)).append("\r\n");
    }
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ");
  }
}
