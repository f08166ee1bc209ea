package io.holdfast.worker.target.logical;

import static io.holdfast.worker.target.logical.TwoServers.fresh;
import static io.holdfast.worker.target.logical.TwoServers.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.Content;
import io.holdfast.model.backup.LogicalSourceSpec.DumpFormat;
import io.holdfast.model.restore.LogicalRestoreTarget.IfNotEmpty;
import io.holdfast.worker.dump.DumpContents;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.target.logical.TwoServers.Taken;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes back equals what went in, from one real server into another. */
class LogicalRoundTripTest {
  private static TwoServers servers;
  @TempDir Path scratch;

  @BeforeAll
  static void start() {
    servers = new TwoServers();
    servers.fill("shop");
    List<String> unused = servers.globals();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  private static Taken take(String database, DumpFormat format) {
    return servers.take(database, format);
  }

  private static List<String> restore(StoredDump dump, RestoreRequest request) {
    return servers.restore(dump, request);
  }

  private static RestoreRequest tables(String database, IfNotEmpty ifNotEmpty, String... tables) {
    return new RestoreRequest(
        database, List.of(), List.of(tables), Content.ALL, ifNotEmpty, 1, false);
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void bringsBackSchemaRowsGrantsSequencesAndLargeObjects(DumpFormat format) throws Exception {
    Taken taken = take("shop", format);
    servers.structure(scratch).check(taken.dump().kind(), new ByteArrayInputStream(taken.bytes()));
    String name = fresh();
    restore(taken.dump(), whole(name));
    assertThat(servers.asSql(servers.target(), name))
        .isEqualTo(servers.asSql(servers.source(), "shop"));
    assertThat(taken.inventory().tables()).extracting("rows").containsExactly(1000L, 500L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "qu\"o'te",
        "$(touch /tmp/x)",
        "--help",
        "host=evil dbname=x",
        "new\nline",
        "ünï-データ",
        "postgresql://evil/x",
        "back\\slash",
        "sixty-three-bytes-long-0123456789-0123456789-0123456789-01234567"
      })
  void survivesAHostileDatabaseName(String database) throws Exception {
    String quoted = TwoServers.quoted(database);
    servers.source().execute("create database " + quoted);
    servers.source().executeIn(database, "create table t (a int)", "insert into t values (1)");
    for (DumpFormat format : DumpFormat.values()) {
      restore(take(database, format).dump(), whole(database));
      assertThat(servers.asSql(servers.target(), database))
          .isEqualTo(servers.asSql(servers.source(), database));
      servers.target().execute("drop database " + quoted);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SQL_ASCII", "LATIN1", "EUC_JP", "UTF8"})
  void keepsTheEncoding(String encoding) throws Exception {
    String name = "enc " + encoding;
    servers
        .source()
        .execute(
            "create database \""
                + name
                + "\" template template0 encoding '"
                + encoding
                + "' lc_collate 'C' lc_ctype 'C'");
    servers.source().executeIn(name, "create table t (a text)", "insert into t values ('x')");
    restore(take(name, DumpFormat.CUSTOM).dump(), whole(name));
    assertThat(servers.asSql(servers.target(), name))
        .isEqualTo(servers.asSql(servers.source(), name));
  }

  @Test
  void bringsBackAnEmptyDatabase() throws Exception {
    servers.source().execute("create database nothing");
    restore(take("nothing", DumpFormat.CUSTOM).dump(), whole("nothing"));
    assertThat(servers.asSql(servers.target(), "nothing"))
        .isEqualTo(servers.asSql(servers.source(), "nothing"));
  }

  @Test
  void bringsBackADroppedTableWithAllThatHangsOnIt() throws Exception {
    Taken taken = take("shop", DumpFormat.CUSTOM);
    String name = fresh();
    restore(taken.dump(), whole(name));
    String before = servers.asSql(servers.target(), name);
    servers.target().executeIn(name, "drop table \"My Schema\".\"or der\"");
    List<String> steps = restore(taken.dump(), tables(name, IfNotEmpty.ADD, "My Schema.or der"));
    assertThat(servers.asSql(servers.target(), name)).isEqualTo(before);
    assertThat(steps).anyMatch(s -> s.contains("My Schema.or der"));
  }

  @Test
  void bringsOneTableIntoANewDatabaseWithTheTypesItNeeds() throws Exception {
    String name = fresh();
    restore(
        take("shop", DumpFormat.DIRECTORY).dump(),
        tables(name, IfNotEmpty.REFUSE, "public.customer"));
    assertThat(servers.target().queryTextIn(name, "select count(*)::text from customer"))
        .isEqualTo("500");
    assertThat(servers.target().queryTextIn(name, "select nextval('customer_id_seq')::text"))
        .isEqualTo("9000");
  }

  @Test
  void refusesATargetThatHoldsSomethingAndLeavesItAlone() throws Exception {
    String name = fresh();
    servers.target().execute("create database \"" + name + "\"");
    servers.target().executeIn(name, "create table mine (a int)");
    StoredDump dump = take("shop", DumpFormat.CUSTOM).dump();
    assertThatThrownBy(() -> restore(dump, whole(name)))
        .isInstanceOfSatisfying(
            JobFailure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.TARGET_NOT_EMPTY));
    assertThat(servers.target().queryTextIn(name, "select count(*)::text from mine"))
        .isEqualTo("0");
  }

  @Test
  void refusesToAddATableThatExists() throws Exception {
    String name = fresh();
    StoredDump dump = take("shop", DumpFormat.CUSTOM).dump();
    restore(dump, whole(name));
    assertThatThrownBy(() -> restore(dump, tables(name, IfNotEmpty.ADD, "customer")))
        .hasMessage("database \"" + name + "\" already has public.customer");
  }

  @Test
  void namesTheRolesThatAreMissingBeforeItTouchesAnything() throws Exception {
    servers.source().execute("create role absent", "create database lacking");
    servers
        .source()
        .executeIn("lacking", "create table t (a int)", "alter table t owner to absent");
    StoredDump dump = take("lacking", DumpFormat.CUSTOM).dump();
    servers.source().execute("drop database lacking", "drop role absent");
    assertThatThrownBy(() -> restore(dump, whole("lacking")))
        .hasMessage("the target lacks roles [absent]");
    assertThat(databases()).doesNotContain("lacking").doesNotContain("holdfast-restoring");
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void leavesNothingWhenTheDumpIsCutOff(DumpFormat format) throws Exception {
    Taken taken = take("shop", format);
    byte[] cut = Arrays.copyOf(taken.bytes(), taken.bytes().length * 3 / 4);
    String name = fresh();
    StoredDump dump =
        new StoredDump(
            taken.dump().kind(),
            taken.dump().database(),
            cut.length,
            () -> new ByteArrayInputStream(cut));
    assertThatThrownBy(
            () -> servers.structure(scratch).check(dump.kind(), new ByteArrayInputStream(cut)))
        .isInstanceOfSatisfying(
            JobFailure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.ARTIFACT_DAMAGED));
    if (format != DumpFormat.PLAIN) {
      assertThatThrownBy(() -> restore(dump, whole(name))).isInstanceOf(JobFailure.class);
      assertThat(databases()).doesNotContain(name).doesNotContain("holdfast-restoring");
    }
  }

  @Test
  void changesNothingInADryRun() throws Exception {
    StoredDump dump = take("shop", DumpFormat.CUSTOM).dump();
    List<String> steps =
        restore(
            dump,
            new RestoreRequest(
                "dry", List.of(), List.of(), Content.ALL, IfNotEmpty.REFUSE, 1, true));
    assertThat(steps).first().asString().startsWith("create database \"dry\"");
    assertThat(databases()).doesNotContain("dry");
  }

  @Test
  void listsContentsWithTheirNamesWhole() throws Exception {
    Taken taken = take("shop", DumpFormat.CUSTOM);
    assertThat(DumpContents.read(new ByteArrayInputStream(taken.bytes())))
        .anyMatch(
            e ->
                e.type().equals("TABLE")
                    && e.schema().equals("My Schema")
                    && e.name().equals("or der"));
  }

  @Test
  void createsMissingRolesOnceAndNeverAltersOnesThatExist() {
    servers.target().execute("alter role reader set work_mem = '9MB'");
    assertThat(servers.globals()).containsExactly("every role of the backup exists already");
    assertThat(
            servers
                .target()
                .queryText("select rolconfig::text from pg_roles where rolname='reader'"))
        .isEqualTo("{work_mem=9MB}");
    assertThat(
            servers.target().queryText("select pg_has_role('App Owner', 'reader', 'member')::text"))
        .isEqualTo("true");
  }

  private static String databases() {
    return servers.target().queryText("select string_agg(datname, ',') from pg_database");
  }
}
