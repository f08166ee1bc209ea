package io.holdfast.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A setting that no service reads is silently without effect: so none may be named anywhere. */
class SettingsTest {
  private static final KnownSettings API = KnownSettings.api();
  private static final KnownSettings WORKER = KnownSettings.worker();

  /** What the images' own start commands read. */
  private static final String START = "JAVA_OPTIONS";

  @Test
  void theServicesKnowTheirKeysAndNoOthers() {
    assertThat(API.readsVariable("QUARKUS_DATASOURCE_JDBC_URL")).isTrue();
    assertThat(API.readsVariable("HOLDFAST_JOBS_MAX_ATTEMPTS")).isTrue();
    assertThat(API.readsKey("holdfast.signing.private-key")).isTrue();
    assertThat(WORKER.readsVariable("HOLDFAST_WORKER_MAX_JOBS")).isTrue();
    assertThat(WORKER.readsKey("holdfast.worker.trusted-keys.any-name")).isTrue();

    assertThat(API.readsVariable("QUARKUS_DATASOURCE_URL")).isFalse();
    assertThat(API.readsVariable("HOLDFAST_WORKER_MAX_JOBS")).isFalse();
    assertThat(WORKER.readsVariable("HOLDFAST_WORKER_MAXJOBS")).isFalse();
    assertThat(WORKER.readsVariable("HOLDFAST_SIGNING_KEY_ID")).isFalse();
    assertThat(WORKER.readsKey("holdfast.worker.trusted-keys")).isFalse();
  }

  @Test
  void everyVariableOfTheComposeFileIsReadByItsService() {
    Compose compose = Compose.read("docker-compose.yml");

    assertThat(Tree.map(compose.service("api"), "environment")).isNotEmpty();
    assertThat(Tree.map(compose.service("api"), "environment").keySet())
        .allMatch(API::readsVariable);
    for (String worker : Compose.workers()) {
      assertThat(Tree.map(compose.service(worker), "environment")).isNotEmpty();
      assertThat(Tree.map(compose.service(worker), "environment").keySet())
          .allMatch(WORKER::readsVariable);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"evaluation", "production"})
  void everyVariableOnKubernetesIsReadByItsService(String name) throws Exception {
    Overlay overlay = Overlay.render(name);
    Map<String, String> api = overlay.environment(overlay.workload("holdfast-api"));
    Map<String, String> worker = overlay.environment(overlay.workload("holdfast-worker"));

    assertThat(api).isNotEmpty();
    assertThat(worker).isNotEmpty();
    assertThat(api.keySet()).allMatch(API::readsVariable);
    assertThat(worker.keySet()).allMatch(WORKER::readsVariable);
  }

  @Test
  void everyVariableOfAnImageIsReadByItsService() {
    assertThat(variables("api-service/Dockerfile"))
        .contains(START)
        .allMatch(name -> name.equals(START) || API.readsVariable(name));
    assertThat(variables("worker/Dockerfile"))
        .contains(START)
        .allMatch(name -> name.equals(START) || WORKER.readsVariable(name));
  }

  @Test
  void everyKeyThatIsMadeWithTheSecretsIsReadByItsService() {
    String script = Tree.text("compose/secrets.sh");

    assertThat(keys(script, "api/application.properties")).hasSize(5).allMatch(API::readsKey);
    assertThat(keys(script, "worker/application.properties")).hasSize(1).allMatch(WORKER::readsKey);
  }

  @Test
  void everyVariableOfTheUnitsInTheGuideIsReadByItsService() {
    String guide = Tree.text("docs/operations/install.md");

    assertThat(unitVariables(guide, "holdfast-api.service"))
        .hasSize(2)
        .allMatch(API::readsVariable);
    assertThat(unitVariables(guide, "holdfast-worker.service"))
        .hasSize(5)
        .allMatch(WORKER::readsVariable);
  }

  private static List<String> unitVariables(String guide, String unit) {
    String text = guide.substring(guide.indexOf("system/" + unit)).split("```")[0];
    return Pattern.compile("(?<=[= ])([A-Z][A-Z0-9_]*)=")
        .matcher(
            text.lines()
                .filter(line -> line.startsWith("Environment="))
                .reduce("", (all, line) -> all + "\n" + line))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private static List<String> variables(String dockerfile) {
    String text = Tree.text(dockerfile).replace("\\\n", " ");
    List<String> names = new ArrayList<>();
    Matcher line = Pattern.compile("(?m)^ENV (.*)$").matcher(text);
    while (line.find()) {
      Matcher name = Pattern.compile("([A-Z][A-Z0-9_]*)=").matcher(line.group(1));
      while (name.find()) {
        names.add(name.group(1));
      }
    }
    return names;
  }

  /** The names left of the equals signs of what the script writes to the file. */
  private static List<String> keys(String script, String file) {
    String written = script.substring(script.indexOf(file)).split("<<END\n", 2)[1];
    return written
        .substring(0, written.indexOf("\nEND\n"))
        .lines()
        .map(line -> line.substring(0, line.indexOf('=')).replace("$key", "some-key"))
        .toList();
  }
}
