package io.holdfast.api.testing;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Requests as a caller with a key makes them. */
public final class Api {
  private Api() {}

  public static RequestSpecification admin() {
    return with(StackResource.ADMIN_KEY);
  }

  public static RequestSpecification with(String key) {
    return given().header("Authorization", "Bearer " + key).contentType(ContentType.JSON);
  }

  /** A new key with these roles, for these clusters or, when there are none, for all. */
  public static String key(List<String> roles, String... clusters) {
    Map<String, Object> body =
        clusters.length == 0
            ? Map.of("name", "test", "roles", roles)
            : Map.of("name", "test", "roles", roles, "clusters", List.of(clusters));
    return admin().body(body).post("/api/v1/api-keys").then().statusCode(201).extract().path("key");
  }

  /** A name that no other test uses. */
  public static String name(String prefix) {
    return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  /** Declares a filesystem repository and gives its name. */
  public static String repository() {
    String name = name("repo");
    putRepository(name).statusCode(201);
    return name;
  }

  public static ValidatableResponse putRepository(String name) {
    return admin()
        .body(
            Map.of("type", "FILESYSTEM", "filesystem", Map.of("path", "/var/lib/holdfast/" + name)))
        .put("/api/v1/repositories/" + name)
        .then();
  }

  public static Map<String, Object> cluster(String repository) {
    return Map.of(
        "nodes",
        List.of(Map.of("name", "pg-1", "host", "127.0.0.1", "port", 5432)),
        "repository",
        repository,
        "credentialsRef",
        "orders-db");
  }

  /** Declares a cluster with a repository of its own and gives its name. */
  public static String declaredCluster() {
    String name = name("cluster");
    admin().body(cluster(repository())).put("/api/v1/clusters/" + name).then().statusCode(201);
    return name;
  }

  /** Asserts the one form that every refusal has. */
  public static ValidatableResponse problem(ValidatableResponse answer, int status, String code) {
    return answer
        .statusCode(status)
        .contentType("application/problem+json")
        .body("code", org.hamcrest.Matchers.equalTo(code))
        .body("status", org.hamcrest.Matchers.equalTo(status))
        .body("title", org.hamcrest.Matchers.not(org.hamcrest.Matchers.emptyOrNullString()))
        .body("detail", org.hamcrest.Matchers.not(org.hamcrest.Matchers.emptyOrNullString()))
        .body("hint", org.hamcrest.Matchers.not(org.hamcrest.Matchers.emptyOrNullString()))
        .body("traceId", org.hamcrest.Matchers.matchesPattern("[0-9a-f]{32}"));
  }
}
