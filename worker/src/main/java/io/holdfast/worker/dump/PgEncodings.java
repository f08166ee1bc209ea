package io.holdfast.worker.dump;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** PostgreSQL's names of encodings as Java's. */
final class PgEncodings {
  private static final Map<String, String> JAVA =
      Map.ofEntries(
          Map.entry("UTF8", "UTF-8"),
          // No encoding was promised; most such databases hold UTF-8.
          Map.entry("SQL_ASCII", "UTF-8"),
          Map.entry("LATIN1", "ISO-8859-1"),
          Map.entry("LATIN2", "ISO-8859-2"),
          Map.entry("LATIN5", "ISO-8859-9"),
          Map.entry("LATIN9", "ISO-8859-15"),
          Map.entry("KOI8R", "KOI8-R"),
          Map.entry("KOI8U", "KOI8-U"),
          Map.entry("EUC_JP", "EUC-JP"),
          Map.entry("EUC_KR", "EUC-KR"),
          Map.entry("EUC_CN", "GB2312"),
          Map.entry("EUC_TW", "x-EUC-TW"));

  private PgEncodings() {}

  static Charset charset(String name) {
    String java = JAVA.get(name);
    if (java == null && name.startsWith("WIN")) {
      java = "windows-" + name.substring(3);
    } else if (java == null && name.startsWith("ISO_8859_")) {
      java = name.replace('_', '-').replaceFirst("ISO-8859-", "ISO-8859-");
    }
    return java != null && Charset.isSupported(java)
        ? Charset.forName(java)
        : StandardCharsets.ISO_8859_1;
  }
}
