package io.holdfast.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.system.SharedStack;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Probes, health checks and scrapes ask running services for what is there, at their own ports. */
class ServedPathsTest {
  private static final Pattern HEALTH_CHECK =
      Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)(/\\S*?)[,\\]]");

  @Test
  void everyPathThatIsAskedForIsServedWithSuccess() throws Exception {
    Set<String> api = new TreeSet<>();
    Set<String> worker = new TreeSet<>();
    Overlay production = Overlay.render("production");
    api.addAll(probes(production.workload("holdfast-api")));
    worker.addAll(probes(production.workload("holdfast-worker")));
    for (Object endpoint :
        Tree.list(Tree.map(production.ofKind("ServiceMonitor").getFirst(), "spec"), "endpoints")) {
      api.add(Tree.map(endpoint).get("path").toString());
      worker.add(Tree.map(endpoint).get("path").toString());
    }
    Compose compose = Compose.read("docker-compose.yml");
    api.add(healthCheck(compose.service("api")).group(2));
    worker.add(healthCheck(compose.service("worker-1")).group(2));
    for (Object job :
        Tree.list(Tree.yaml(Tree.text("compose/prometheus.yml")).getFirst(), "scrape_configs")) {
      api.add(Tree.map(job).get("metrics_path").toString());
    }

    assertThat(api)
        .containsExactly("/q/health/live", "/q/health/ready", "/q/health/started", "/q/metrics");
    assertThat(worker).isEqualTo(api);
    for (String path : api) {
      assertThat(status(SharedStack.apiManagement(), path)).as("api " + path).isEqualTo(200);
      assertThat(status(SharedStack.workerManagement(), path)).as("worker " + path).isEqualTo(200);
    }
  }

  @Test
  void thePortsAreThoseOfTheServices() throws Exception {
    Overlay production = Overlay.render("production");
    Compose compose = Compose.read("docker-compose.yml");
    String api = Tree.text("api-service/src/main/resources/application.properties");
    String worker = Tree.text("worker/src/main/resources/application.properties");

    assertThat(api)
        .contains("\nquarkus.management.port=9000\n")
        .doesNotContain("quarkus.http.port");
    assertThat(worker).contains("\nquarkus.management.port=9001\n");
    assertThat(ports(production.workload("holdfast-api")))
        .isEqualTo(Map.of("http", 8080, "management", 9000));
    assertThat(ports(production.workload("holdfast-worker"))).isEqualTo(Map.of("management", 9001));
    assertThat(healthCheck(compose.service("api")).group(1)).isEqualTo("9000");
    assertThat(healthCheck(compose.service("worker-2")).group(1)).isEqualTo("9001");
    assertThat(Tree.list(compose.service("api"), "ports").toString()).endsWith(":8080]");
    assertThat(Tree.text("compose/prometheus.yml"))
        .contains("port: 9000")
        .contains("\"worker-1:9001\", \"worker-2:9001\"");
  }

  private static Set<String> probes(Map<String, Object> workload) {
    Set<String> paths = new TreeSet<>();
    for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
      Map<String, Object> get = Tree.map(Overlay.container(workload), probe, "httpGet");
      assertThat(get).as(probe).containsEntry("port", "management");
      paths.add(get.get("path").toString());
    }
    return paths;
  }

  private static Map<String, Object> ports(Map<String, Object> workload) {
    Map<String, Object> ports = new TreeMap<>();
    for (Object port : Tree.list(Overlay.container(workload), "ports")) {
      ports.put(Tree.map(port).get("name").toString(), Tree.map(port).get("containerPort"));
    }
    return ports;
  }

  private static Matcher healthCheck(Map<String, Object> service) {
    Matcher asked = HEALTH_CHECK.matcher(Tree.map(service, "healthcheck").get("test").toString());
    assertThat(asked.find()).isTrue();
    return asked;
  }

  /** The stack's own management addresses end in the path below which everything lies. */
  private static int status(URI management, String path) throws Exception {
    return get(management, path).statusCode();
  }

  private static HttpResponse<String> get(URI management, String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(management.resolve(path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
