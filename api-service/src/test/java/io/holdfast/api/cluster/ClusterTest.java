package io.holdfast.api.cluster;

import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.Topology;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ClusterTest {
  private static final String PATH = "/api/v1/clusters/";

  @Inject Event<Topology> seen;
  @Inject ClusterService clusters;

  @Test
  void fillsInWhatWasLeftOut() {
    String name = Api.declaredCluster();

    admin()
        .get(PATH + name)
        .then()
        .statusCode(200)
        .header("ETag", "\"1\"")
        .body("pool", equalTo("default"))
        .body("sslMode", equalTo("prefer"))
        .body("maintenanceDatabase", equalTo("postgres"))
        .body("standbyPolicy.target", equalTo("PREFER_STANDBY"))
        .body("standbyPolicy.maxLagBytes", equalTo(1048576))
        .body("standbyPolicy.waitFor", equalTo("PT5M"))
        .body("systemIdentifier", nullValue());
  }

  @Test
  void saysThatNobodyHasLookedYet() {
    String name = Api.declaredCluster();

    admin()
        .get(PATH + name + "/topology")
        .then()
        .statusCode(200)
        .body("nodes", hasSize(0))
        .body("hint", containsString("worker"));
  }

  @Test
  void pinsTheSystemIdentifierThatIsSeenFirst() {
    String name = Api.declaredCluster();
    see(name, "7000000000000000001", Instant.parse("2026-01-01T00:00:00Z"));
    see(name, "7000000000000000002", Instant.parse("2026-01-02T00:00:00Z"));

    admin()
        .get(PATH + name)
        .then()
        .body("systemIdentifier", equalTo("7000000000000000001"))
        .header("ETag", "\"1\"");
    admin()
        .get(PATH + name + "/topology")
        .then()
        .body("observedAt", equalTo("2026-01-02T00:00:00Z"))
        .body("nodes[0].role", equalTo("PRIMARY"))
        .body("nodes[0].systemIdentifier", equalTo("7000000000000000002"));
    assertThat(clusters.spec(name).systemIdentifier()).isEqualTo("7000000000000000001");
  }

  @Test
  void pinsAnotherSystemIdentifierOnlyWhenToldTo() {
    String name = Api.declaredCluster();
    see(name, "7000000000000000001", Instant.parse("2026-01-01T00:00:00Z"));
    Map<String, Object> body = new HashMap<>(Api.cluster(repository(name)));

    admin()
        .header("If-Match", "\"1\"")
        .body(body)
        .put(PATH + name)
        .then()
        .statusCode(200)
        .body("systemIdentifier", equalTo("7000000000000000001"));
    body.put("expectedSystemIdentifier", "7000000000000000009");
    admin()
        .header("If-Match", "*")
        .body(body)
        .put(PATH + name)
        .then()
        .statusCode(200)
        .header("ETag", "\"2\"")
        .body("systemIdentifier", equalTo("7000000000000000009"));
  }

  @Test
  void ignoresATopologyThatIsOlderThanWhatIsKnown() {
    String name = Api.declaredCluster();
    see(name, "7000000000000000001", Instant.parse("2026-01-02T00:00:00Z"));
    see(name, "7000000000000000001", Instant.parse("2026-01-01T00:00:00Z"));

    admin()
        .get(PATH + name + "/topology")
        .then()
        .body("observedAt", equalTo("2026-01-02T00:00:00Z"));
  }

  @Test
  void changesOnlyWhatTheCallerHasSeen() {
    String name = Api.declaredCluster();
    Map<String, Object> body = Api.cluster(repository(name));

    problem(admin().body(body).put(PATH + name).then(), 428, "precondition-required");
    problem(
        admin().header("If-Match", "\"2\"").body(body).put(PATH + name).then(),
        412,
        "precondition-failed");
    problem(admin().delete(PATH + name).then(), 428, "precondition-required");
    problem(
        admin().header("If-Match", "\"2\"").delete(PATH + name).then(), 412, "precondition-failed");
  }

  @Test
  void plansWithoutChangingAnything() {
    String name = Api.declaredCluster();
    Map<String, Object> body = new HashMap<>(Api.cluster(repository(name)));
    body.put("maxRunningJobs", 2);

    admin()
        .queryParam("dryRun", "true")
        .header("If-Match", "\"1\"")
        .body(body)
        .put(PATH + name)
        .then()
        .statusCode(200)
        .body("plan.action", equalTo("UPDATE"))
        .body("plan.changes.field", equalTo(List.of("maxRunningJobs")))
        .body("plan.changes[0].to", equalTo("2"));
    admin().get(PATH + name).then().body("maxRunningJobs", nullValue());
  }

  @ParameterizedTest
  @CsvSource({
    "nodes, []",
    "nodes, '[{\"name\":\"a\"}]'",
    "nodes, '[{\"name\":\"a\",\"host\":\"-h\"}]'",
    "nodes, '[{\"name\":\"a\",\"host\":\"/var/run\"}]'",
    "nodes, '[{\"name\":\"a\",\"host\":\"h dbname=x\"}]'",
    "nodes, '[{\"name\":\"a\",\"host\":\"h\",\"port\":0}]'",
    "nodes, '[{\"name\":\"a\",\"host\":\"h\"},{\"name\":\"a\",\"host\":\"i\"}]'",
    "nodes, '[{\"name\":\"a\",\"host\":\"h\"},{\"name\":\"b\",\"host\":\"h\"}]'",
    "nodes, '[null]'",
    "repository, '\"absent\"'",
    "repository, null",
    "credentialsRef, '\"pass word\"'",
    "sslMode, '\"none\"'",
    "maintenanceDatabase, '\"\"'",
    "maintenanceDatabase, '\"éééééééééééééééééééééééééééééééé\"'",
    "standbyPolicy, '{\"target\":\"ANY\"}'",
    "standbyPolicy, '{\"maxLagBytes\":-1}'",
    "standbyPolicy, '{\"waitFor\":\"P9D\"}'",
    "standbyPolicy, '{\"waitFor\":\"soon\"}'",
    "maxRunningJobs, 0",
    "expectedSystemIdentifier, '\"x\"'",
    "labels, '{\"a b\":\"c\"}'",
    "password, '\"s3cret\"'"
  })
  void refusesADeclarationThatDoesNotHold(String field, String json) throws Exception {
    var mapper = new com.fasterxml.jackson.databind.ObjectMapper();
    Map<String, Object> body = new HashMap<>(Api.cluster(Api.repository()));
    body.put(field, mapper.readValue(json, Object.class));

    problem(
            admin().body(mapper.writeValueAsString(body)).put(PATH + Api.name("cluster")).then(),
            422,
            "invalid-request")
        .body("violations.field", hasItem(org.hamcrest.Matchers.startsWith(field)));
  }

  private void see(String cluster, String identifier, Instant at) {
    NodeObservation primary =
        new NodeObservation(
            "pg-1",
            NodeRole.PRIMARY,
            null,
            "18.1",
            180001,
            identifier,
            1,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    QuarkusTransaction.requiringNew()
        .run(() -> seen.fire(new Topology(cluster, at, List.of(primary))));
  }

  private static String repository(String cluster) {
    return admin().get(PATH + cluster).path("repository");
  }
}
