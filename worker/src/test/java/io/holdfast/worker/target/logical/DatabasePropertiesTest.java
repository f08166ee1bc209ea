package io.holdfast.worker.target.logical;

import static io.holdfast.worker.target.logical.TwoServers.fresh;
import static io.holdfast.worker.target.logical.TwoServers.properties;
import static io.holdfast.worker.target.logical.TwoServers.quoted;
import static io.holdfast.worker.target.logical.TwoServers.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.backup.Content;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.LogicalSourceSpec.DumpFormat;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.target.logical.TwoServers.Taken;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A database is more than what is in it: every format brings that back, under any name. */
class DatabasePropertiesTest {
  private static final String HOSTILE = "o'd\"d\\ :x\n$(y) größe";
  private static TwoServers servers;
  @TempDir Path scratch;

  @BeforeAll
  static void start() {
    servers = new TwoServers();
    servers.fill("shop");
    servers
        .source()
        .execute(
            "alter role \"App Owner\" in database shop set search_path = \"My Schema\", public",
            "revoke connect, temporary on database shop from public",
            "alter database shop connection limit 7",
            "create database "
                + quoted(HOSTILE)
                + " template template0 encoding 'UTF8' locale 'C' locale_provider icu icu_locale"
                + " 'sv-SE' owner \"App Owner\" connection limit 3 is_template true",
            "comment on database " + quoted(HOSTILE) + " is E'ünï\\n; -- :\"DBNAME\" ''\\\\'",
            "alter database " + quoted(HOSTILE) + " set default_transaction_read_only = on",
            "create role \"größe\"",
            "create database latin template template0 encoding 'LATIN1' locale 'C' owner \"größe\"");
    servers
        .source()
        .executeIn("latin", "comment on database latin is 'grüße'", "create table t (a text)");
    List<String> unused = servers.globals();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void comeBackUnderAnotherName(DumpFormat format) {
    for (String database : List.of("shop", HOSTILE)) {
      String name = fresh() + HOSTILE;
      servers.restore(servers.take(database, format).dump(), whole(name));
      assertThat(properties(servers.target(), name))
          .isEqualTo(properties(servers.source(), database));
    }
    assertThat(properties(servers.source(), "shop"))
        .contains("App Owner", "the; shop's :data", "work_mem=7MB", "reader=c", "My Schema", "|7|");
    assertThat(properties(servers.source(), HOSTILE)).contains("sv-SE", "|i|", "|t|", "|3|");
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void keepTheirEncoding(DumpFormat format) {
    servers.target().execute("drop database if exists latin");
    servers.restore(servers.take("latin", format).dump(), whole("latin"));
    String comment =
        "select encode(convert_to(shobj_description(oid, 'pg_database'), 'UTF8'), 'hex') from"
            + " pg_database where datname = 'latin'";
    assertThat(servers.target().queryTextIn("latin", comment))
        .isEqualTo(servers.source().queryTextIn("latin", comment));
    assertThat(
            servers
                .target()
                .queryText(
                    "select pg_get_userbyid(datdba) from pg_database where datname = 'latin'"))
        .isEqualTo("größe");
  }

  @Test
  void comeBackFromPlainSqlByPsqlAlone() throws Exception {
    String name = fresh() + HOSTILE;
    servers.target().execute("create database " + quoted(name) + " template template0");
    servers.psql(name, servers.take("shop", DumpFormat.PLAIN).bytes(), scratch);
    assertThat(properties(servers.target(), name)).isEqualTo(properties(servers.source(), "shop"));
    assertThat(servers.asSql(servers.target(), name))
        .isEqualTo(servers.asSql(servers.source(), "shop"));
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void areLeftAloneInADatabaseThatExists(DumpFormat format) {
    String name = fresh();
    servers
        .target()
        .execute(
            "create database " + quoted(name) + " template template0",
            "alter database " + quoted(name) + " set work_mem = '11MB'");
    String before = properties(servers.target(), name);
    List<String> steps = servers.restore(servers.take("shop", format).dump(), whole(name));
    assertThat(properties(servers.target(), name)).isEqualTo(before);
    assertThat(steps)
        .contains(
            "restore into the existing database \""
                + name
                + "\" in one transaction; its owner, settings, grants and comment stay as they"
                + " are");
  }

  @Test
  void areNotInAPlainDumpOfAPart() {
    LogicalSourceSpec part =
        new LogicalSourceSpec(
            DumpFormat.PLAIN,
            null,
            null,
            null,
            null,
            List.of("customer"),
            null,
            Content.ALL,
            1,
            null);
    Taken taken = servers.take("shop", part);
    assertThat(new String(taken.bytes(), StandardCharsets.UTF_8))
        .contains("CREATE TABLE public.customer")
        .doesNotContain("work_mem")
        .doesNotContain("OWNER TO \"App Owner\";\nALTER DATABASE");
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void useTheDefaultTablespaceWhereTheirOwnIsMissing(DumpFormat format) throws Exception {
    Path place = Files.createDirectory(servers.folder().resolve("space " + format));
    Files.setOwner(place, Files.getOwner(servers.source().data()));
    String space = "side " + format;
    servers
        .source()
        .execute(
            "create tablespace " + quoted(space) + " location '" + place + "'",
            "create database " + quoted(space) + " tablespace " + quoted(space));
    List<String> steps = servers.restore(servers.take(space, format).dump(), whole(space));
    assertThat(steps)
        .contains(
            "tablespace \"" + space + "\" of the database does not exist here: use the default");
    assertThat(
            servers
                .target()
                .queryText(
                    "select count(*) from pg_database where datname = '"
                        + space
                        + "' and dattablespace = 1663"))
        .isEqualTo("1");
  }

  @Test
  void doNotKeepARestoreThatFailedFromBeingCleanedUp() {
    Taken taken = servers.take(HOSTILE, DumpFormat.CUSTOM);
    String name = fresh();
    // As a worker leaves it that was killed between the settings and the last name.
    String temporary = quoted(TargetServer.temporaryName(name));
    servers.target().execute("create database " + temporary + " is_template true");
    servers.restore(taken.dump(), whole(name));
    byte[] cut = Arrays.copyOf(taken.bytes(), taken.bytes().length / 2);
    StoredDump broken =
        new StoredDump(
            taken.dump().kind(),
            taken.dump().database(),
            cut.length,
            () -> new ByteArrayInputStream(cut));
    assertThatThrownBy(() -> servers.restore(broken, whole(fresh())))
        .isInstanceOf(JobFailure.class);
    assertThat(servers.target().queryText("select string_agg(datname, ',') from pg_database"))
        .contains(name)
        .doesNotContain("holdfast-restoring");
  }
}
