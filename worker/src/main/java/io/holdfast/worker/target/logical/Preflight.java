package io.holdfast.worker.target.logical;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.restore.LogicalRestoreTarget.IfNotEmpty;
import io.holdfast.worker.dump.DumpToc;
import io.holdfast.worker.dump.SqlStatements;
import io.holdfast.worker.dump.TocEntry;
import io.holdfast.worker.failure.JobFailure;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a restore would trip over, found before the target is touched. */
final class Preflight {
  /** A database that does not exist yet. */
  static final TocSelection.Existing NOTHING =
      new TocSelection.Existing() {
        @Override
        public boolean table(String schema, String name) {
          return false;
        }

        @Override
        public boolean schema(String name) {
          return false;
        }
      };

  private static final Pattern GRANTEE =
      Pattern.compile("(?: TO|FOR ROLE) (" + SqlStatements.IDENTIFIER + ")(?: |$)");

  private Preflight() {}

  static void refuseExisting(
      List<TocEntry> tables, TocSelection.Existing existing, RestoreRequest request) {
    List<String> found =
        tables.stream()
            .filter(t -> existing.table(t.schema(), t.tag()))
            .map(t -> t.schema() + "." + t.tag())
            .toList();
    if (!found.isEmpty()) {
      throw new JobFailure(
          ErrorCode.TARGET_NOT_EMPTY,
          "database \"" + request.database() + "\" already has " + String.join(", ", found),
          "drop or rename what stands there, or restore into another database");
    }
  }

  /** That every table whose rows come is there, and without rows unless they may be added to. */
  static void requireFillable(
      TargetServer target,
      DumpToc toc,
      DataOrder rows,
      RestoreRequest request,
      List<String> steps) {
    Set<Integer> ids = Set.copyOf(rows.ids());
    List<TocEntry> tables =
        toc.entries().stream()
            .filter(e -> e.type().equals("TABLE DATA") && ids.contains(e.id()))
            .toList();
    TocSelection.Existing existing = target.existing(request.database());
    List<String> absent =
        tables.stream()
            .filter(t -> !existing.table(t.schema(), t.tag()))
            .map(t -> t.schema() + "." + t.tag())
            .toList();
    if (!absent.isEmpty()) {
      throw new JobFailure(
          ErrorCode.TARGET_LACKS,
          "database \"" + request.database() + "\" has no table " + String.join(", ", absent),
          "restore the schema first");
    }
    if (request.ifNotEmpty() == IfNotEmpty.REFUSE) {
      List<String> filled = target.withRows(request.database(), tables);
      if (!filled.isEmpty()) {
        throw new JobFailure(
            ErrorCode.TARGET_NOT_EMPTY,
            "in database \""
                + request.database()
                + "\" there are rows already in "
                + String.join(", ", filled),
            "empty these tables, or say ifNotEmpty ADD to add to their rows");
      }
    }
    if (rows.circular()) {
      steps.add("keep triggers and foreign keys off meanwhile: the keys run in a circle");
    } else if (toc.entries().stream().anyMatch(e -> e.type().equals("TRIGGER"))) {
      steps.add("the tables' own triggers fire for each row");
    }
  }

  /**
   * Roles, extensions and tablespaces.
   *
   * @return whether every tablespace exists; a step says so when one does not
   * @throws JobFailure TARGET_LACKS with everything that is missing
   */
  static boolean check(
      TargetServer target, DumpToc toc, TocSelection selection, List<String> steps) {
    Set<Integer> ids = selection == null ? null : new HashSet<>(selection.ids());
    List<TocEntry> entries =
        toc.entries().stream()
            .filter(e -> ids == null || ids.contains(e.id()) || e.type().startsWith("DATABASE"))
            .toList();
    Set<String> roles = new TreeSet<>();
    Set<String> extensions = new TreeSet<>();
    Set<String> tablespaces = new TreeSet<>();
    for (TocEntry e : entries) {
      if (!e.owner().isEmpty()) {
        roles.add(e.owner());
      }
      if (e.type().endsWith("ACL")) {
        grantees(e).forEach(roles::add);
      }
      if (e.type().equals("EXTENSION")) {
        extensions.add(e.tag());
      }
      if (e.tablespace() != null) {
        tablespaces.add(e.tablespace());
      }
    }
    roles.removeAll(roles(target, toc.charset()));
    extensions.removeAll(target.names("select name from pg_available_extensions"));
    if (!roles.isEmpty() || !extensions.isEmpty()) {
      throw new JobFailure(
          ErrorCode.TARGET_LACKS,
          "the target lacks"
              + (roles.isEmpty() ? "" : " roles " + roles)
              + (roles.isEmpty() || extensions.isEmpty() ? "" : " and")
              + (extensions.isEmpty() ? "" : " extensions " + extensions),
          "restore with globals to create missing roles; install missing extensions' packages");
    }
    tablespaces.removeAll(target.names("select spcname from pg_tablespace"));
    if (!tablespaces.isEmpty()) {
      steps.add("tablespaces " + tablespaces + " do not exist here: use the database's default");
    }
    return tablespaces.isEmpty();
  }

  /** A plain dump has no table of contents to ask; its database's owner is known all the same. */
  static void requireOwner(TargetServer target, String owner, Charset charset) {
    if (!roles(target, charset).contains(owner)) {
      throw new JobFailure(
          ErrorCode.TARGET_LACKS,
          "the target lacks the role that owns the database: [" + owner + "]",
          "restore with globals to create missing roles");
    }
  }

  /** The new database where its original lay; a step says so when there is no such place. */
  static NewDatabase placed(TargetServer target, NewDatabase made, List<String> steps) {
    if (made.tablespace() == null
        || target
            .names("select spcname from pg_tablespace")
            .contains(SqlStatements.unquote(made.tablespace()))) {
      return made;
    }
    steps.add(
        "tablespace "
            + made.tablespace()
            + " of the database does not exist here: use the default");
    return made.inDefaultTablespace();
  }

  /**
   * Roles that are there, by their names and by what these look like from a database of another
   * encoding: a role's name is bytes that all databases share.
   */
  private static Set<String> roles(TargetServer target, Charset charset) {
    Set<String> names = target.names("select rolname from pg_roles");
    Set<String> all = new HashSet<>(names);
    names.forEach(name -> all.add(new String(name.getBytes(StandardCharsets.UTF_8), charset)));
    return all;
  }

  private static Stream<String> grantees(TocEntry e) {
    return SqlStatements.split(e.definition()).stream()
        .flatMap(s -> GRANTEE.matcher(s).results().map(r -> r.group(1)))
        .map(SqlStatements::unquote);
  }
}
