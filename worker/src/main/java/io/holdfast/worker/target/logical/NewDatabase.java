package io.holdfast.worker.target.logical;

import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.dump.DatabaseProperties;
import io.holdfast.worker.dump.DumpToc;
import io.holdfast.worker.dump.SqlStatements;
import java.util.List;

/**
 * How a database like the recorded one is made. The archive's own statement where there is one; a
 * plain dump has none, so that the manifest is asked.
 *
 * @param create without a tablespace
 * @param tablespace as an identifier; null: the server's default
 * @param later what is run when the dump is in it
 */
record NewDatabase(String create, String tablespace, List<String> later) {

  /**
   * @param toc null for a plain dump
   * @param identifier the new name, quoted
   */
  static NewDatabase of(
      Manifest.Database recorded, DumpToc toc, String identifier, int serverMajor) {
    String tablespace =
        recorded.tablespace() == null ? null : SqlStatements.quote(recorded.tablespace());
    if (toc != null) {
      DatabaseProperties properties = DatabaseProperties.of(toc, identifier);
      if (properties.create() != null) {
        return new NewDatabase(properties.create(), properties.tablespace(), properties.later());
      }
    }
    return new NewDatabase(
        creation(recorded, identifier, serverMajor),
        tablespace,
        // A plain dump of a whole database does this itself; of a part, it leaves it to us.
        List.of(
            "alter database " + identifier + " owner to " + SqlStatements.quote(recorded.owner())));
  }

  NewDatabase inDefaultTablespace() {
    return new NewDatabase(create, null, later);
  }

  String statement() {
    return tablespace == null ? create : create + " tablespace " + tablespace;
  }

  private static String creation(Manifest.Database recorded, String identifier, int serverMajor) {
    StringBuilder sql =
        new StringBuilder("create database ")
            .append(identifier)
            .append(" template template0 encoding ")
            .append(literal(recorded.encoding()))
            .append(" lc_collate ")
            .append(literal(recorded.collate()))
            .append(" lc_ctype ")
            .append(literal(recorded.ctype()));
    // Said even of libc: without it a new database takes the provider of template0.
    String provider = recorded.localeProvider() == null ? "libc" : recorded.localeProvider();
    if (serverMajor >= 15) {
      sql.append(" locale_provider ").append(provider);
    }
    if (recorded.locale() != null) {
      sql.append(' ').append(provider).append("_locale ").append(literal(recorded.locale()));
    }
    if (recorded.icuRules() != null) {
      sql.append(" icu_rules ").append(literal(recorded.icuRules()));
    }
    return sql.toString();
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
