package io.holdfast.worker.dump;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts the SQL that pg_dump and pg_dumpall write into statements, literals respected. */
public final class SqlStatements {
  /** A name as PostgreSQL's {@code quote_ident} writes it. */
  public static final String IDENTIFIER = "(?:\"(?:[^\"]|\"\")+\"|[a-z_][a-z0-9_$]*)";

  private static final Pattern PIECE =
      Pattern.compile(
          // The possessive loops keep a long literal from overflowing the matcher's stack.
          "--[^\\n]*+|[eE]'(?:[^'\\\\]|\\\\.|'')*+'|'(?:[^']|'')*+'|\"(?:[^\"]|\"\")*+\"|;|\\\\[^\\n]*+"
              + "|[a-zA-Z_0-9$]++|.",
          Pattern.DOTALL);

  private SqlStatements() {}

  /** Without comments, psql commands and the final semicolons. */
  public static List<String> split(String sql) {
    List<String> statements = new ArrayList<>();
    StringBuilder current = new StringBuilder();
    Matcher piece = PIECE.matcher(sql);
    while (piece.find()) {
      String text = piece.group();
      if (text.startsWith("--") || (text.startsWith("\\") && text.length() > 1)) {
        continue;
      }
      if (text.equals(";")) {
        add(statements, current);
      } else {
        current.append(text);
      }
    }
    add(statements, current);
    return statements;
  }

  private static void add(List<String> statements, StringBuilder current) {
    String statement = current.toString().strip();
    if (!statement.isEmpty()) {
      statements.add(statement);
    }
    current.setLength(0);
  }

  /** A name as an identifier. */
  public static String quote(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** The name that an identifier, quoted or not, stands for. */
  public static String unquote(String identifier) {
    return identifier.startsWith("\"")
        ? identifier.substring(1, identifier.length() - 1).replace("\"\"", "\"")
        : identifier;
  }
}
