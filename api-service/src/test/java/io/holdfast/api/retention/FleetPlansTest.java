package io.holdfast.api.retention;

import static io.holdfast.api.testing.Api.problem;
import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agroal.api.AgroalDataSource;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.Observations;
import io.holdfast.api.testing.StackResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.hibernate.BaseSessionEventListener;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The plans of all clusters, against the one that each cluster shows itself. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class FleetPlansTest {
  private static final String LITTLE =
      "{\"daily\":1,\"weekly\":0,\"monthly\":0,\"minimumFulls\":1,\"grace\":\"PT0S\","
          + "\"maxDeleteShare\":1}";
  private static final String MUCH = "{\"daily\":60,\"walWindow\":\"P60D\"}";
  private static final int CLONES = 12;

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  @Inject AgroalDataSource catalog;
  @Inject EntityManager entities;
  @Inject ClusterService clusters;
  @Inject RetentionService retention;
  private ApiFixture api;
  private String oldest;
  private String quiet;
  private List<String> clones;
  private String key;

  /**
   * One cluster with whatever a plan may be about, more like it, one of which only a copy has
   * something to lose, and one that has nothing at all.
   */
  @BeforeEach
  void declare() throws SQLException {
    api = new ApiFixture(64);
    String offsite = Api.repository();
    declared(LITTLE, "");
    oldest = api.physical("0/020000", "0/040000", now.minus(Duration.ofDays(40)));
    String unused = api.physical("0/320000", "0/340000", now.minus(Duration.ofDays(30)));
    String middle = api.physical("0/520000", "0/540000", now.minus(Duration.ofDays(20)));
    String newest = api.physical("0/820000", "0/840000", now.minusSeconds(60));
    String alsoUnused =
        api.physical(
            "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\",\"parent\":\""
                + newest
                + "\"}}",
            "0/920000",
            "0/940000",
            now,
            null);
    api.observed(now, "0/A80000", 0, 10);
    hold(middle);
    hold(middle);
    formerSystem();
    copied(offsite);
    declared(
        LITTLE, "\"copies\":[{\"repository\":\"" + offsite + "\",\"retention\":" + MUCH + "}],");
    clones = ClonedClusters.of(catalog, api.cluster(), CLONES);
    onlyTheCopyExpires(clones.getLast());
    quiet = Api.declaredCluster();
    List<String> scope = new ArrayList<>(clones);
    scope.addAll(List.of(api.cluster(), quiet));
    key = Api.key(List.of("viewer"), scope.toArray(String[]::new));
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void eachPlanIsTheOneThatTheClusterShowsItself() {
    verify(oldest);
    // A job that ends between two looks makes another plan.
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              List<Map<String, Object>> fleet = plans("limit=5");
              assertThat(fleet)
                  .extracting(plan -> plan.get("cluster"))
                  .containsExactlyElementsOf(
                      Api.with(key).get("/api/v1/clusters?limit=200").path("items.name"));
              assertThat(fleet).allSatisfy(plan -> assertThat(plan).isEqualTo(single(plan)));
            });
    assertThat(codes(api.cluster())).contains("IN_USE", "HOLD", "PARENT", "WINDOW", "NOT_NEEDED");
    assertThat(codes(clones.getFirst())).contains("HOLD", "PARENT", "WINDOW", "NOT_NEEDED");
    JsonPath clone = plan(clones.getFirst());
    assertThat(clone.getList("wal.action")).containsExactly("EXPIRE", "KEEP");
    assertThat(clone.getList("former.action")).containsExactly("EXPIRE");
    assertThat(clone.getList("copies.keeping")).containsExactly(5);
  }

  @Test
  void thoseThatWouldLoseNothingAreLeftOut() {
    List<Map<String, Object>> expiring = plans("expiring=true&limit=5");

    List<String> others = new ArrayList<>(clones);
    others.add(api.cluster());
    assertThat(expiring)
        .extracting(plan -> plan.get("cluster"))
        .containsExactlyInAnyOrderElementsOf(others);
    JsonPath last = plan(clones.getLast());
    assertThat(last.getInt("expiring")).isZero();
    assertThat(last.getList("wal.action")).containsOnly("KEEP");
    assertThat(last.getList("copies.expiring")).containsExactly(2);
    problem(
        Api.with(key).get("/api/v1/retention-plans?expiring=yes").then(), 422, "invalid-request");
  }

  @Test
  void nothingIsShownOfOtherClustersOrOfOneThatIsDeleted() {
    String other = Api.key(List.of("viewer"), quiet);
    String nothing = Api.key(List.of("viewer"), "nobody-has-declared-it");
    String deleted = clones.getFirst();
    admin().header("If-Match", "*").delete("/api/v1/clusters/" + deleted).then().statusCode(204);

    assertThat(Api.with(other).get("/api/v1/retention-plans").<List<String>>path("items.cluster"))
        .containsExactly(quiet);
    assertThat(Api.with(nothing).get("/api/v1/retention-plans").<List<String>>path("items"))
        .isEmpty();
    assertThat(plans("limit=200"))
        .hasSize(CLONES + 1)
        .noneMatch(plan -> deleted.equals(plan.get("cluster")));
    problem(
        Api.with(key).get("/api/v1/clusters/" + deleted + "/retention-plan").then(),
        404,
        "not-found");
  }

  @Test
  void asksTheCatalogNoMoreOftenForManyClustersThanForOne() {
    assertThat(statements(clones)).isEqualTo(statements(clones.subList(0, 1))).isLessThan(12);
  }

  /** Statements of plans of clusters, in one transaction. */
  private int statements(List<String> of) {
    return QuarkusTransaction.requiringNew()
        .call(
            () -> {
              AtomicInteger prepared = new AtomicInteger();
              entities
                  .unwrap(Session.class)
                  .addEventListeners(
                      new BaseSessionEventListener() {
                        @Override
                        public void jdbcPrepareStatementStart() {
                          prepared.incrementAndGet();
                        }
                      });
              assertThat(retention.plans(clusters.keepings("", Optional.of(Set.copyOf(of)), 200)))
                  .hasSameSizeAs(of);
              return prepared.get();
            });
  }

  /** All pages. */
  private List<Map<String, Object>> plans(String query) {
    List<Map<String, Object>> plans = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonPath page =
          Api.with(key)
              .get("/api/v1/retention-plans?" + query + "&cursor=" + cursor)
              .then()
              .statusCode(200)
              .extract()
              .jsonPath();
      List<Map<String, Object>> items = page.getList("items");
      assertThat(items).hasSizeLessThanOrEqualTo(query.contains("limit=5") ? 5 : 200);
      items.forEach(FleetPlansTest::withoutItsMoment);
      plans.addAll(items);
      cursor = page.getString("nextCursor");
    }
    return plans;
  }

  private Map<String, Object> single(Map<String, Object> of) {
    Map<String, Object> plan = plan((String) of.get("cluster")).getMap("$");
    withoutItsMoment(plan);
    return plan;
  }

  private static void withoutItsMoment(Map<String, Object> plan) {
    assertThat(plan.remove("at")).isNotNull();
  }

  private JsonPath plan(String cluster) {
    return Api.with(key)
        .get("/api/v1/clusters/" + cluster + "/retention-plan")
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  private List<String> codes(String cluster) {
    return plan(cluster).getList("backups.reasons.code.flatten()");
  }

  private void declared(String policy, String more) {
    api.declared(
        more
            + "\"expectedSystemIdentifier\":\""
            + Observations.SYSTEM
            + "\",\"archive\":{},\"retention\":"
            + policy
            + ",");
  }

  private static void hold(String backup) {
    admin()
        .body("{\"kind\":\"USER\",\"reason\":\"case 7\"}")
        .post("/api/v1/backups/" + backup + "/holds")
        .then()
        .statusCode(201);
  }

  private static void verify(String backup) {
    admin()
        .body("{\"level\":\"CHECKSUM\"}")
        .post("/api/v1/backups/" + backup + "/verifications")
        .then()
        .statusCode(202);
  }

  /** The cluster was another system until a month before the oldest backup. */
  private void formerSystem() throws SQLException {
    ClonedClusters.execute(
        catalog,
        "insert into backup (id, cluster, method, state, repository, job_id, started_at,"
            + " finished_at, plain_bytes, stored_bytes, manifest, selection_hash) select"
            + " gen_random_uuid(), cluster, method, 'EXPIRED', repository, job_id, started_at -"
            + " interval '30 days', finished_at - interval '30 days', plain_bytes, stored_bytes,"
            + " jsonb_set(manifest, '{source,systemIdentifier}', '\"6\"'), selection_hash from"
            + " backup where id = '"
            + oldest
            + "'");
  }

  /** Everything lies there, too, but for a segment of WAL that was removed. */
  private void copied(String repository) throws SQLException {
    String both = "'" + api.cluster() + "', '" + repository + "'";
    ClonedClusters.execute(
        catalog,
        "insert into backup_copy (backup_id, repository, state, asked_at, stored_bytes) select id,"
            + " '"
            + repository
            + "', 'VERIFIED', now(), stored_bytes from backup where state = 'AVAILABLE' and cluster"
            + " = '"
            + api.cluster()
            + "'");
    ClonedClusters.execute(
        catalog,
        "insert into wal_copy (cluster, repository, asked_at, copied_at) values ("
            + both
            + ", now(), now())");
    ClonedClusters.execute(
        catalog,
        "insert into wal_expired (cluster, repository, system_identifier, timeline, from_lsn,"
            + " to_lsn, job_id, at) values ("
            + both
            + ", '7', 1, 0, 1048576, gen_random_uuid(), now())");
  }

  /** By the defaults, which keep all that is there. */
  private void onlyTheCopyExpires(String cluster) throws SQLException {
    ClonedClusters.execute(
        catalog,
        "update cluster set retention = null, copies = jsonb_set(copies, '{0,retention}', '"
            + LITTLE
            + "') where name = '"
            + cluster
            + "'");
    ClonedClusters.execute(
        catalog, "delete from backup where state = 'EXPIRED' and cluster = '" + cluster + "'");
  }
}
