package io.holdfast.api.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.testing.StackResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.SessionEventListener;
import org.hibernate.engine.spi.SessionImplementor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of runs that come due at the same moment and are decided in one transaction. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class RunsTogetherTest {
  private static final String DAILY = "0 3 * * *";
  private static final String BACKUP = ScheduleFixture.BACKUP;
  private static final String VERIFICATION =
      "\"kind\":\"VERIFICATION\",\"verification\":{\"level\":\"CHECKSUM\"}";

  @Inject ScheduleTick tick;
  @Inject EntityManager entities;
  @Inject RunSettler settler;

  private ScheduleFixture schedules;
  private Instant due;

  @BeforeEach
  void declare() {
    schedules = new ScheduleFixture();
  }

  @AfterEach
  void close() {
    schedules.close();
  }

  @Test
  void areAllDecidedButTheOneThatIsRefused() {
    List<String> good = backups(7);
    due = schedules.declare("refused", DAILY, VERIFICATION);
    good.addAll(backups(7, 13));

    int decided = tick();

    assertThat(decided).isEqualTo(13);
    assertThat(good).allSatisfy(this::hasBecomeOneJob);
    assertThat(waiting()).containsExactly("refused no-backup");
  }

  @Test
  void areAllDecidedButTheOneThatTheServiceFailsAt() {
    List<String> good = backups(6);
    change("update schedule set spec = spec - 'backup' where cluster = :cluster and name = 's-2'");
    good.remove("s-2");

    int decided = tick();

    assertThat(decided).isEqualTo(5);
    assertThat(good).allSatisfy(this::hasBecomeOneJob);
    assertThat(waiting()).containsExactly("s-2 the service failed, its log says how");
  }

  @Test
  void areAllDecidedButTheOneWhoseJobTheCatalogDoesNotTake() {
    List<String> good = backups(6);
    good.remove("s-4");
    change(
        "alter table job add constraint job_of_nobody check (cluster <> '"
            + schedules.api().cluster()
            + "' or triggered_by <> 'schedule:s-4') not valid");
    try {
      int decided = tick();

      assertThat(decided).isEqualTo(5);
      assertThat(good).allSatisfy(this::hasBecomeOneJob);
      assertThat(waiting()).containsExactly("s-4 the service failed, its log says how");
    } finally {
      change("alter table job drop constraint job_of_nobody");
    }
  }

  @Test
  void areNotHeldUpByAScheduleThatCannotBeRead() {
    List<String> good = backups(5);
    change("update schedule set spec = '[]' where cluster = :cluster and name = 's-0'");
    good.remove("s-0");

    int decided = tick();

    assertThat(decided).isEqualTo(4);
    assertThat(good).allSatisfy(this::hasBecomeOneJob);
    assertThat(waiting()).containsExactly("s-0 null");
    assertThat(
            rows(
                "select cast(extract(epoch from act_at) as bigint) from schedule where cluster ="
                    + " :cluster and name = 's-0'"))
        .as("when it is looked at again")
        .containsExactly(String.valueOf(due.plusSeconds(30).getEpochSecond()));
  }

  @Test
  void areEachPutOffWhenAllAreRefused() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      names.add("s-" + i + " no-backup");
      due = schedules.declare("s-" + i, DAILY, VERIFICATION);
    }

    int decided = tick();

    assertThat(decided).isZero();
    assertThat(waiting()).containsExactlyElementsOf(names);
  }

  @Test
  void takeNoStatementsOfTheirOwn() {
    int most = 25;
    List<String> first = backups(1);
    AtomicInteger statements = new AtomicInteger();
    try {
      clones(99);
      int decided =
          QuarkusTransaction.requiringNew()
              .call(
                  () -> {
                    entities
                        .unwrap(SessionImplementor.class)
                        .addEventListeners(counting(statements));
                    int settled = settler.settle(all(), due, null);
                    entities.flush();
                    return settled;
                  });

      assertThat(decided).isEqualTo(99 + first.size());
      assertThat(statements.get()).isBetween(1, most);
    } finally {
      change("delete from cluster where name like :cluster || '-%'");
    }
  }

  private static SessionEventListener counting(AtomicInteger statements) {
    return new SessionEventListener() {
      @Override
      public void jdbcExecuteStatementStart() {
        statements.incrementAndGet();
      }

      @Override
      public void jdbcExecuteBatchStart() {
        statements.incrementAndGet();
      }
    };
  }

  @SuppressWarnings("unchecked")
  private List<ScheduleEntity> all() {
    return entities
        .createNativeQuery(
            "select * from schedule where cluster like :cluster || '%' for update",
            ScheduleEntity.class)
        .setParameter("cluster", schedules.api().cluster())
        .getResultList();
  }

  /** Clusters like the declared one, with its schedule and the run that is expected. */
  private void clones(int count) {
    change(
        "insert into cluster (name, pool, repository, spec, labels, version, created_at,"
            + " updated_at, updated_by) select name || '-' || i, pool, repository, spec, labels,"
            + " 1, created_at, updated_at, updated_by from cluster, generate_series(1, "
            + count
            + ") i where name = :cluster");
    change(
        "insert into schedule (cluster, name, kind, external, paused, spec, planned_until, act_at,"
            + " version, created_at, updated_at, updated_by) select c.name, s.name, kind,"
            + " external, paused, s.spec, planned_until, act_at, 1, s.created_at, s.updated_at,"
            + " s.updated_by from schedule s, cluster c where s.cluster = :cluster and c.name like"
            + " :cluster || '-%'");
    change(
        "insert into schedule_run (schedule_id, due_at, start_at, deadline_at, state) select n.id,"
            + " r.due_at, r.start_at, r.deadline_at, r.state from schedule n, schedule_run r join"
            + " schedule s on s.id = r.schedule_id where s.cluster = :cluster and n.cluster like"
            + " :cluster || '-%'");
  }

  private List<String> backups(int count) {
    return backups(0, count);
  }

  private List<String> backups(int from, int to) {
    List<String> names = new ArrayList<>();
    for (int i = from; i < to; i++) {
      names.add("s-" + i);
      due = schedules.declare("s-" + i, DAILY, BACKUP);
    }
    return names;
  }

  private int tick() {
    return tickAt(due);
  }

  private int tickAt(Instant at) {
    return tick.run(Clock.fixed(at, ZoneOffset.UTC));
  }

  private void hasBecomeOneJob(String name) {
    assertThat(
            rows(
                "select r.state || ' ' || (select count(*) from job j where j.id = r.job_id and"
                    + " j.cluster = s.cluster) || ' ' || (select count(*) from job j where"
                    + " j.cluster = s.cluster and j.triggered_by = 'schedule:' || s.name) from"
                    + " schedule s join schedule_run r on r.schedule_id = s.id where s.cluster ="
                    + " :cluster and s.name = '"
                    + name
                    + "' and r.due_at = '"
                    + due
                    + "'"))
        .as(name)
        .containsExactly("JOB 1 1");
  }

  /** The schedules whose runs are due and were not decided, with what they wait for. */
  private List<String> waiting() {
    return rows(
        "select s.name || ' ' || coalesce(split_part(r.reason, ': ', 1), 'null') from schedule s"
            + " join schedule_run r on r.schedule_id = s.id where s.cluster = :cluster and"
            + " r.state = 'EXPECTED' and r.due_at = '"
            + due
            + "' order by 1");
  }

  private List<String> rows(String sql) {
    return QuarkusTransaction.requiringNew()
        .call(
            () ->
                entities
                    .createNativeQuery(sql)
                    .setParameter("cluster", schedules.api().cluster())
                    .getResultStream()
                    .map(String::valueOf)
                    .toList());
  }

  private void change(String sql) {
    QuarkusTransaction.requiringNew()
        .run(
            () -> {
              var query = entities.createNativeQuery(sql);
              if (sql.contains(":cluster")) {
                query.setParameter("cluster", schedules.api().cluster());
              }
              int unused = query.executeUpdate();
            });
  }
}
