package io.holdfast.worker.source.logical;

import io.holdfast.model.backup.Content;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.worker.dump.DatabaseProperties;
import io.holdfast.worker.dump.DumpToc;
import java.util.List;

/**
 * The beginning of a plain dump: owner, settings, grants and comment of the database itself.
 * pg_dump writes them with {@code --create} only, which nails the dump to the database's name and
 * refuses names with a line break. psql knows the name of the database it is connected to, so these
 * lines go to whichever database the dump is run in.
 */
final class PlainHead {
  private static final String CONNECTED_DATABASE = ":\"DBNAME\"";

  private PlainHead() {}

  /**
   * @param schema the table of contents of the same selection in the same snapshot
   * @return nothing where the dump is not of a whole database: what is run inside somebody else's
   *     must not change its owner
   */
  static byte[] of(DumpToc schema, LogicalSourceSpec spec) {
    boolean whole =
        spec.content() != Content.DATA_ONLY
            && spec.schemas().isEmpty()
            && spec.excludeSchemas().isEmpty()
            && spec.tables().isEmpty()
            && spec.excludeTables().isEmpty();
    return whole ? schema.encoded(text(schema)) : new byte[0];
  }

  private static String text(DumpToc schema) {
    StringBuilder head =
        new StringBuilder(
            """
            --
            -- Holdfast: owner, settings, grants and comment of the database itself. They go to the
            -- database that this file is run in; psql -v keep_database=1 leaves that one's alone.
            --

            \\if :{?keep_database}
            \\else
            """);
    schema.entries().stream()
        .filter(e -> List.of("ENCODING", "STDSTRINGS").contains(e.type()))
        .forEach(e -> head.append(e.definition().strip()).append('\n'));
    DatabaseProperties.of(schema, CONNECTED_DATABASE)
        .later()
        .forEach(statement -> head.append(statement).append(";\n"));
    return head.append("\\endif\n\n").toString();
  }
}
