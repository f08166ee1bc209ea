package io.holdfast.api.repository;

import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.problem;
import static io.holdfast.api.testing.Api.putRepository;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class RepositoryTest {
  private static final String PATH = "/api/v1/repositories/";

  @Test
  void showsWhatWasDeclared() {
    String name = Api.name("repo");
    Map<String, Object> s3 =
        Map.of(
            "endpoint", "https://minio.internal:9000",
            "bucket", "backups",
            "prefix", "a/b",
            "credentialsRef", "minio",
            "objectLock", Map.of("mode", "GOVERNANCE", "retainFor", "P30D"));

    admin()
        .body(Map.of("type", "S3", "s3", s3))
        .put(PATH + name)
        .then()
        .statusCode(201)
        .header("ETag", "\"1\"");

    admin()
        .get(PATH + name)
        .then()
        .statusCode(200)
        .header("ETag", "\"1\"")
        .body("type", equalTo("S3"))
        .body("pool", equalTo("default"))
        .body("s3.region", equalTo("us-east-1"))
        .body("s3.prefix", equalTo("a/b"))
        .body("s3.credentialsRef", equalTo("minio"))
        .body("s3.objectLock.mode", equalTo("GOVERNANCE"))
        .body("s3.objectLock.retainFor", equalTo("PT720H"));
  }

  @Test
  void changesOnlyWhatTheCallerHasSeen() {
    String name = Api.repository();
    Map<String, Object> body = Map.of("type", "FILESYSTEM", "filesystem", Map.of("path", "/var/y"));

    problem(admin().body(body).put(PATH + name).then(), 428, "precondition-required");
    problem(
        admin().header("If-Match", "\"9\"").body(body).put(PATH + name).then(),
        412,
        "precondition-failed");
    problem(
        admin().header("If-None-Match", "*").body(body).put(PATH + name).then(),
        412,
        "precondition-failed");
    admin()
        .header("If-Match", "\"1\"")
        .body(body)
        .put(PATH + name)
        .then()
        .statusCode(200)
        .header("ETag", "\"2\"");
    problem(
        admin().header("If-Match", "\"1\"").body(body).put(PATH + name).then(),
        412,
        "precondition-failed");
    problem(
        admin().header("If-Match", "\"1\"").body(body).put(PATH + Api.name("repo")).then(),
        412,
        "precondition-failed");
  }

  @Test
  void deletesOnlyWhatTheCallerHasSeenAndNobodyUses() {
    String cluster = Api.declaredCluster();
    String used = admin().get("/api/v1/clusters/" + cluster).path("repository");

    problem(admin().delete(PATH + used).then(), 428, "precondition-required");
    problem(admin().header("If-Match", "\"1\"").delete(PATH + used).then(), 409, "in-use")
        .body("detail", containsString("a cluster"));
    admin()
        .header("If-Match", "\"1\"")
        .delete("/api/v1/clusters/" + cluster)
        .then()
        .statusCode(204);
    admin().header("If-Match", "*").delete(PATH + used).then().statusCode(204);
    problem(admin().get(PATH + used).then(), 404, "not-found");
  }

  @Test
  void plansWithoutChangingAnything() {
    String name = Api.repository();

    admin()
        .queryParam("dryRun", "true")
        .header("If-Match", "\"1\"")
        .body(Map.of("type", "FILESYSTEM", "filesystem", Map.of("path", "/var/z")))
        .put(PATH + name)
        .then()
        .statusCode(200)
        .header("ETag", "\"1\"")
        .body("plan.action", equalTo("UPDATE"))
        .body("plan.changes.field", hasItem("filesystem.path"))
        .body("filesystem.path", equalTo("/var/z"));

    admin()
        .get(PATH + name)
        .then()
        .header("ETag", "\"1\"")
        .body("filesystem.path", not(equalTo("/var/z")));
    problem(
        admin().queryParam("dryRun", "yes").body("{}").put(PATH + name).then(),
        422,
        "invalid-request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "relative",
        "/",
        "/a/../b",
        "/a/./b",
        "//a",
        "/a/",
        "/-rf",
        "/a b",
        "/a\nb",
        "/a;b",
        "/$(x)",
        "/a\u0000b",
        ""
      })
  void refusesAPathThatCouldMeanSomethingElse(String path) {
    problem(
            admin()
                .body(Map.of("type", "FILESYSTEM", "filesystem", Map.of("path", path)))
                .put(PATH + Api.name("repo"))
                .then(),
            422,
            "invalid-request")
        .body("violations.field", hasItem("filesystem.path"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "minio:9000",
        "ftp://minio",
        "http://",
        "http://user:s3cret@minio",
        "http://minio/path",
        "http://minio?x=1",
        "http://minio#x",
        "http://minio:99999",
        "file:///etc/passwd",
        "http://mi nio",
        "http://-minio"
      })
  void refusesAnEndpointThatIsMoreThanAnEndpoint(String endpoint) {
    problem(
            admin()
                .body(
                    Map.of(
                        "type",
                        "S3",
                        "s3",
                        Map.of(
                            "endpoint", endpoint, "bucket", "backups", "credentialsRef", "minio")))
                .put(PATH + Api.name("repo"))
                .then(),
            422,
            "invalid-request")
        .body(not(containsString("s3cret")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"retainFor\":\"P1D\"}",
        "{\"mode\":\"FOREVER\",\"retainFor\":\"P1D\"}",
        "{\"mode\":\"COMPLIANCE\",\"retainFor\":\"PT0S\"}",
        "{\"mode\":\"COMPLIANCE\",\"retainFor\":\"P36500D\"}"
      })
  void refusesALockThatNobodyCouldWant(String lock) {
    problem(
        admin()
            .body(
                "{\"type\":\"S3\",\"s3\":{\"endpoint\":\"https://s3.example\",\"bucket\":\"backups\","
                    + "\"credentialsRef\":\"vault\",\"objectLock\":"
                    + lock
                    + "}}")
            .put(PATH + Api.name("repo"))
            .then(),
        422,
        "invalid-request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"TAPE\"}",
        "{\"type\":\"S3\"}",
        "{\"type\":\"S3\",\"filesystem\":{\"path\":\"/a\"}}",
        "{\"type\":\"FILESYSTEM\",\"filesystem\":{\"path\":\"/a\"},\"secretKey\":\"x\"}",
        "{\"type\":\"FILESYSTEM\",\"filesystem\":{\"path\":\"/a\"},\"pool\":\"-x\"}",
        "{\"type\":7}"
      })
  void refusesADeclarationThatDoesNotHold(String body) {
    problem(admin().body(body).put(PATH + Api.name("repo")).then(), 422, "invalid-request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upper", "-lead", "trail-", "a_b", "a%20b"})
  void refusesANameThatIsNotPlain(String name) {
    problem(
        admin()
            .urlEncodingEnabled(false)
            .body(Map.of("type", "FILESYSTEM", "filesystem", Map.of("path", "/a")))
            .put(PATH + name)
            .then(),
        422,
        "invalid-request");
  }

  @Test
  void listsInPages() {
    String a = Api.name("aaa-page");
    String b = Api.name("aab-page");
    putRepository(a).statusCode(201);
    putRepository(b).statusCode(201);

    String cursor =
        admin()
            .queryParam("limit", 1)
            .get("/api/v1/repositories")
            .then()
            .extract()
            .path("nextCursor");

    admin()
        .queryParam("limit", 1000)
        .queryParam("cursor", cursor)
        .get("/api/v1/repositories")
        .then()
        .statusCode(200)
        .body("items.name", hasItem(b))
        .body("items.name", not(hasItem(a)));
  }
}
