package io.holdfast.api.notification;

import static io.holdfast.api.testing.ApiFixture.admin;

import io.holdfast.api.testing.Api;
import io.restassured.path.json.JsonPath;

/** Short ways to declare targets and to ask what became of their deliveries. */
final class Targets {
  static final String PATH = "/api/v1/notification-targets/";
  static final String DELIVERIES = "/api/v1/notification-deliveries";

  private static final String QUIET = "[{\"kinds\":[\"NOBODY_SAYS_THIS\"]}]";

  private Targets() {}

  /** A new one of this declaration; its name. */
  static String declared(String json) {
    String name = Api.name("target");
    admin().body(json).put(PATH + name).then().statusCode(201);
    return name;
  }

  /**
   * @param routes null: such that what other tests do is not taken
   */
  static String webhook(String url, String routes) {
    return declared(
        "{\"type\":\"WEBHOOK\",\"webhook\":{\"url\":\""
            + url
            + "\",\"secretRef\":\"hook-key\"}"
            + ",\"routes\":"
            + (routes == null ? QUIET : routes)
            + "}");
  }

  /** Asks for a test message; the id of its delivery. */
  static String test(String target) {
    return admin().post(PATH + target + "/tests").then().statusCode(201).extract().path("id");
  }

  static void forget(String target) {
    admin().header("If-Match", "*").delete(PATH + target).then().statusCode(204);
  }

  static JsonPath delivery(String id) {
    return admin().get(DELIVERIES + "/" + id).then().statusCode(200).extract().jsonPath();
  }

  static JsonPath target(String name) {
    return admin().get(PATH + name).then().statusCode(200).extract().jsonPath();
  }

  static JsonPath log(String query) {
    return admin().get(DELIVERIES + query).then().statusCode(200).extract().jsonPath();
  }
}
