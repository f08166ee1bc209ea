package io.holdfast.api.archive;

import static io.holdfast.api.testing.Api.admin;
import static io.holdfast.api.testing.Api.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import com.sun.net.httpserver.HttpServer;
import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ArchiveSettingsTest {
  @Test
  void showsTheLinesOfAPushedCluster() {
    String name = declared("{\"recoveryPointObjective\":\"PT2M\"}");

    JsonPath settings = settings(name);

    assertThat(settings.getBoolean("archived")).isTrue();
    assertThat(settings.getString("archiveCommand"))
        .isEqualTo(
            "curl --disable --silent --show-error --fail --connect-timeout 5 --max-time 600 --header"
                + " \"@/etc/holdfast/"
                + name
                + ".header\" --upload-file \"%p\" \"http://127.0.0.1:9002/wal/"
                + name
                + "/%f\"");
    assertThat(settings.getInt("archiveTimeoutSeconds")).isEqualTo(60);
    assertThat(settings.getString("text"))
        .contains("archive_mode = 'on'")
        .contains("archive_command = '" + settings.getString("archiveCommand") + "'\n")
        .contains("restore_command = '" + settings.getString("restoreCommand") + "'\n");
    assertThat(settings.getString("headerFileContent"))
        .contains("Authorization: Bearer <token>")
        .contains("archives: " + name + ": headerFile:");
  }

  @Test
  void namesFilesThatTheWorkerReadsBesideTheServer() {
    String name = declared("{\"transfer\":\"READ\"}");

    assertThat(settings(name).getString("archiveCommand"))
        .endsWith(" --data-raw \"$PWD\" \"http://127.0.0.1:9002/wal/" + name + "/%f\"");
  }

  @Test
  void namesTheSlotOfAStreamedCluster() {
    String name = declared("{\"mode\":\"STREAM\",\"partialInterval\":\"PT10S\"}");

    JsonPath settings = settings(name);

    assertThat(settings.getString("slotName")).isEqualTo("holdfast_" + name.replace('-', '_'));
    assertThat(settings.getString("archiveCommand")).isNull();
    assertThat(settings.getString("text")).contains("max_slot_wal_keep_size = '16GB'");
  }

  @Test
  void showsWhatArchivingWouldTakeWhileItIsNotDeclared() {
    String name = Api.declaredCluster();

    assertThat(settings(name).getBoolean("archived")).isFalse();
    assertThat(settings(name).getString("mode")).isEqualTo("PUSH");
  }

  @Test
  void showsTheDeclarationWithItsDefaultsAndTakesItBack() {
    String name = declared("{}");
    admin()
        .get("/api/v1/clusters/" + name)
        .then()
        .body("archive.mode", equalTo("PUSH"))
        .body("archive.recoveryPointObjective", equalTo("PT5M"))
        .body("archive.compressionLevel", equalTo(1))
        .body("archive.endpoint", equalTo("http://127.0.0.1:9002"));

    String repository = admin().get("/api/v1/clusters/" + name).path("repository");
    admin()
        .header("If-Match", "*")
        .body(Api.cluster(repository))
        .put("/api/v1/clusters/" + name)
        .then()
        .statusCode(200)
        .body("archive", nullValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "mode|\"PULL\"",
        "transfer|\"COPY\"",
        "compressionLevel|20",
        "recoveryPointObjective|\"PT0S\"",
        "partialInterval|\"PT10S\"",
        "allowUnlimitedSlot|true",
        "headerFile|\"relative\"",
        "headerFile|\"/etc/a'b\"",
        "headerFile|\"/etc/a\\\"b\"",
        "headerFile|\"/etc/%p\"",
        "headerFile|\"/etc/$(id)\"",
        "headerFile|\"/etc/`id`\"",
        "headerFile|\"/etc/../shadow\"",
        "headerFile|\"/etc/a\\nb\"",
        "endpoint|\"https://127.0.0.1:9002\"",
        "endpoint|\"http://10.0.0.1:9002\"",
        "endpoint|\"http://127.0.0.1:99999\"",
        "endpoint|\"http://127.0.0.1:9002/x\"",
        "endpoint|\"http://localhost.evil\""
      })
  void refusesAnArchiveThatDoesNotHold(String field, String json) throws IOException {
    var mapper = new com.fasterxml.jackson.databind.ObjectMapper();
    Map<String, Object> body = new HashMap<>(Api.cluster(Api.repository()));
    body.put("archive", Map.of(field, mapper.readValue(json, Object.class)));

    problem(
            admin()
                .body(mapper.writeValueAsString(body))
                .put("/api/v1/clusters/" + Api.name("c"))
                .then(),
            422,
            "invalid-request")
        .body("violations.field", hasItem("archive." + field));
  }

  /** The shell and curl are real: what recovery makes of a status is decided by them. */
  @ParameterizedTest
  @CsvSource({"whole, 0", "absent, 1", "failing, 255", "cut, 255", "nobody, 255"})
  void tellsTheEndOfTheArchiveFromEverythingElse(String server, int status, @TempDir Path folder)
      throws IOException, InterruptedException {
    Path header = Files.writeString(folder.resolve("a header"), "Authorization: Bearer t\n");
    AtomicReference<String> authorization = new AtomicReference<>();
    HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    http.createContext(
        "/",
        exchange -> {
          authorization.set(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = "segment".getBytes(java.nio.charset.StandardCharsets.UTF_8);
          int code = server.equals("absent") ? 404 : server.equals("failing") ? 503 : 200;
          exchange.sendResponseHeaders(code, server.equals("cut") ? 100 : body.length);
          exchange.getResponseBody().write(body);
          exchange.getResponseBody().flush();
          exchange.close();
        });
    http.start();
    int port = http.getAddress().getPort();
    if (server.equals("nobody")) {
      http.stop(0);
    }
    String name =
        declared(
            "{\"headerFile\":\"" + header + "\",\"endpoint\":\"http://127.0.0.1:" + port + "\"}");
    String command =
        settings(name)
            .getString("restoreCommand")
            .replace("%p", folder.resolve("RECOVERYXLOG").toString())
            .replace("%f", "000000010000000000000001")
            .replace("%%", "%");

    int ended = new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
    http.stop(0);

    assertThat(ended).isEqualTo(status);
    if (status == 0) {
      assertThat(folder.resolve("RECOVERYXLOG")).hasContent("segment");
      assertThat(authorization.get()).isEqualTo("Bearer t");
    }
  }

  private static JsonPath settings(String cluster) {
    return admin()
        .get("/api/v1/clusters/" + cluster + "/archive-settings")
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  private static String declared(String archive) {
    try {
      String name = Api.name("cluster");
      Map<String, Object> body = new HashMap<>(Api.cluster(Api.repository()));
      body.put(
          "archive",
          new com.fasterxml.jackson.databind.ObjectMapper().readValue(archive, Map.class));
      admin().body(body).put("/api/v1/clusters/" + name).then().statusCode(201);
      return name;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
