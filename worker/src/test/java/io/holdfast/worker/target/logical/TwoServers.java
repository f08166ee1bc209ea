package io.holdfast.worker.target.logical;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.Content;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.LogicalSourceSpec.DumpFormat;
import io.holdfast.model.backup.LogicalSourceSpec.RowCounts;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Inventory.DatabaseInventory;
import io.holdfast.model.restore.LogicalRestoreTarget.IfNotEmpty;
import io.holdfast.worker.dump.DumpStructure;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.secret.Login;
import io.holdfast.worker.source.Source;
import io.holdfast.worker.source.logical.DirectoryDumpSource;
import io.holdfast.worker.source.logical.DumpSource;
import io.holdfast.worker.source.logical.GlobalsSource;
import io.holdfast.worker.source.logical.InventoryReader;
import io.holdfast.worker.source.logical.LogicalSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A real server to dump from and another one to restore into. */
final class TwoServers implements AutoCloseable {
  private static final Connections CONNECTIONS = Connections.patient();
  private static final AtomicInteger TARGETS = new AtomicInteger();

  private final Path folder = Folders.temporary("logical");
  private final PostgresCluster source =
      PostgresCluster.in(folder.resolve("source")).standbys(0).start();
  private final PostgresCluster target =
      PostgresCluster.in(folder.resolve("target")).standbys(0).start();
  private final PgTools tools = new PgTools(List.of(source.primary().install().bin()));

  /** A dump in memory with the inventory of the same snapshot. */
  record Taken(StoredDump dump, byte[] bytes, DatabaseInventory inventory) {}

  TwoServers() {
    source()
        .execute(
            "create role \"App Owner\" login password 'canary-secret'",
            "create role reader",
            "alter role reader set work_mem = '5MB'",
            "grant reader to \"App Owner\"");
  }

  PostgresServer source() {
    return source.primary();
  }

  PostgresServer target() {
    return target.primary();
  }

  Path folder() {
    return folder;
  }

  static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** A target's name that no test has used yet. */
  static String fresh() {
    return "target " + TARGETS.incrementAndGet();
  }

  /** A database with something of every kind in it. */
  void fill(String database) {
    String name = quoted(database);
    source()
        .execute(
            "create database " + name + " owner \"App Owner\"",
            "alter database " + name + " set work_mem = '7MB'",
            "comment on database " + name + " is 'the; shop''s :data'",
            "grant connect on database " + name + " to reader");
    source()
        .executeIn(
            database,
            "create schema \"My Schema\" authorization \"App Owner\"",
            "create type public.mood as enum ('good', 'bad;')",
            "create table public.customer (id serial primary key, name text not null, m public.mood)",
            "insert into public.customer (name, m) select 'n' || g, 'good' from"
                + " generate_series(1,500) g",
            "create table \"My Schema\".\"or der\" (id int generated always as identity primary"
                + " key, customer int references public.customer, at timestamptz default now())",
            "insert into \"My Schema\".\"or der\" (customer) select 1 + g % 500 from"
                + " generate_series(1,1000) g",
            "create index \"or der at\" on \"My Schema\".\"or der\" (at)",
            "comment on table \"My Schema\".\"or der\" is E'line\\ntwo'",
            "grant select on \"My Schema\".\"or der\" to reader",
            "select lo_from_bytea(424242, 'large object'::bytea)",
            "alter sequence public.customer_id_seq restart with 9000");
  }

  private static Server server(PostgresCluster cluster, String name) {
    PostgresServer primary = cluster.primary();
    var login = cluster.superuser();
    return new Server(
        name,
        primary.host(),
        primary.port(),
        "prefer",
        new Login(login.username(), login.password()));
  }

  /** Backs the roles up and creates the missing ones at the target. */
  List<String> globals() {
    try (Source globals =
        GlobalsSource.start(
            tools, CONNECTIONS, server(source, "src"), "postgres", Progress.silent())) {
      byte[] sql = globals.stream().readAllBytes();
      globals.complete();
      structure(folder).check(Artifact.Kind.GLOBALS, new ByteArrayInputStream(sql));
      return new GlobalsRestore(CONNECTIONS)
          .createMissingRoles(
              server(target, "dst"), "postgres", new ByteArrayInputStream(sql), false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  DumpStructure structure(Path scratch) {
    return new DumpStructure(tools.client("pg_restore", 1), scratch);
  }

  static LogicalSourceSpec everything(DumpFormat format) {
    return new LogicalSourceSpec(
        format,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        format == DumpFormat.DIRECTORY ? 2 : 1,
        null);
  }

  Taken take(String database, DumpFormat format) {
    return take(database, everything(format));
  }

  Taken take(String database, LogicalSourceSpec spec) {
    try (LogicalSession session =
            LogicalSession.open(CONNECTIONS, server(source, "src"), database);
        Source dump = dump(session, spec)) {
      byte[] bytes = dump.stream().readAllBytes();
      dump.complete();
      Artifact.Kind kind = Artifact.Kind.valueOf("DUMP_" + spec.format());
      return new Taken(
          new StoredDump(
              kind, session.description(), bytes.length, () -> new ByteArrayInputStream(bytes)),
          bytes,
          InventoryReader.tables(session, RowCounts.EXACT, Progress.silent()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Source dump(LogicalSession session, LogicalSourceSpec spec) {
    return switch (spec.format()) {
      case CUSTOM -> DumpSource.custom(tools, session, spec);
      case PLAIN -> DumpSource.plain(tools, session, spec, DumpSource.schema(tools, session, spec));
      case DIRECTORY -> DirectoryDumpSource.start(tools, session, spec, folder.resolve("staged"));
    };
  }

  List<String> restore(StoredDump dump, RestoreRequest request) {
    return restore(dump, request, folder.resolve("scratch"));
  }

  List<String> restore(StoredDump dump, RestoreRequest request, Path scratch) {
    return new LogicalRestore(CONNECTIONS, tools, scratch)
        .restore(server(target, "dst"), "postgres", dump, request, Progress.silent());
  }

  static RestoreRequest whole(String database) {
    return new RestoreRequest(
        database, List.of(), List.of(), Content.ALL, IfNotEmpty.REFUSE, 1, false);
  }

  /** What another SQL client would make of the file: psql alone, into a database that exists. */
  void psql(String database, byte[] sql, Path scratch) throws IOException {
    Path file = java.nio.file.Files.write(scratch.resolve("dump.sql"), sql);
    String unused =
        ChildProcess.output(
            ChildCommand.of(
                    tools.client("psql", 1), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "" + file)
                .withEnvironment(environment(target, database)),
            64 << 20,
            (exit, complaint) -> new JobFailure(ErrorCode.INTERNAL, exit + ": " + complaint, ""));
  }

  /** Everything as SQL, rows included, without what differs between two runs of pg_dump. */
  String asSql(PostgresServer server, String database) {
    PostgresCluster cluster = server == source() ? source : target;
    return ChildProcess.output(
            ChildCommand.of(tools.client("pg_dump", 1), "--format=plain", "--no-comments")
                .withEnvironment(environment(cluster, database)),
            64 << 20,
            (exit, complaint) -> new JobFailure(ErrorCode.INTERNAL, exit + ": " + complaint, ""))
        .replaceAll("(?m)^\\\\(un)?restrict .*$", "");
  }

  /** What belongs to the database itself, the name aside. */
  static String properties(PostgresServer server, String database) {
    return server.queryText(
        "select concat_ws('|', pg_get_userbyid(datdba), shobj_description(d.oid, 'pg_database'),"
            + " datacl::text, datconnlimit, datistemplate, pg_encoding_to_char(encoding),"
            + " datcollate, datctype, to_jsonb(d) ->> 'datlocprovider',"
            + " coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),"
            + " (select string_agg(setrole::regrole || setconfig::text, ';' order by setrole) from"
            + " pg_db_role_setting where setdatabase = d.oid)) from pg_database d where datname = '"
            + database.replace("'", "''")
            + "'");
  }

  private static Map<String, String> environment(PostgresCluster cluster, String database) {
    return Map.of(
        "PGHOST", cluster.primary().host(),
        "PGPORT", Integer.toString(cluster.primary().port()),
        "PGUSER", cluster.superuser().username(),
        "PGPASSWORD", cluster.superuser().password(),
        "PGDATABASE", database);
  }

  @Override
  public void close() {
    target.close();
    source.close();
    Folders.delete(folder);
  }
}
