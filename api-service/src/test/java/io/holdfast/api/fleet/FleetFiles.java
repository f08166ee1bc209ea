package io.holdfast.api.fleet;

import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.name;
import static io.holdfast.api.testing.Api.with;

import io.holdfast.api.testing.StackResource;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.List;

/** Files of one owner, with a repository and a cluster in it, and how they are sent. */
final class FleetFiles {
  final String owner = name("owner");
  final String repository = name("repo");
  final String cluster = name("cluster");

  String repositoryYaml(String path) {
    return document(
        "Repository", repository, "  type: FILESYSTEM\n  filesystem:\n    path: " + path + "\n");
  }

  String clusterYaml(String more) {
    return document(
        "Cluster",
        cluster,
        "  nodes:\n    - {name: pg-1, host: 127.0.0.1}\n  repository: "
            + repository
            + "\n  credentialsRef: orders-db\n"
            + more);
  }

  static String document(String kind, String name, String spec) {
    return "---\napiVersion: holdfast/v1\nkind: "
        + kind
        + "\nmetadata:\n  name: "
        + name
        + "\nspec:\n"
        + spec;
  }

  JsonPath applied(String yaml, String parameters) {
    return apply(yaml, parameters).statusCode(200).extract().jsonPath();
  }

  ValidatableResponse apply(String yaml, String parameters) {
    return send(yaml, owner, parameters);
  }

  static ValidatableResponse send(String yaml, String owner, String parameters) {
    return yaml(StackResource.ADMIN_KEY)
        .body(yaml)
        .post("/api/v1/apply?owner=" + owner + parameters)
        .then();
  }

  static RequestSpecification yaml(String key) {
    return with(key)
        .config(
            RestAssured.config()
                .encoderConfig(
                    EncoderConfig.encoderConfig()
                        .encodeContentTypeAs("application/yaml", ContentType.TEXT)
                        .defaultContentCharset("UTF-8")))
        .contentType("application/yaml");
  }

  ValidatableResponse json(Object body) {
    return admin().body(body).post("/api/v1/apply?owner=" + owner).then();
  }

  List<String> export() {
    return admin()
        .get("/api/v1/export?owner=" + owner)
        .then()
        .statusCode(200)
        .extract()
        .path("items.metadata.name");
  }

  int clusterVersion() {
    return admin()
        .get("/api/v1/clusters/" + cluster)
        .then()
        .statusCode(200)
        .extract()
        .path("version");
  }
}
