package io.holdfast.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The mistakes that a Compose client would find, and those that it would not. */
class ComposeFileTest {
  private static final Set<String> SERVICE_KEYS =
      Set.of(
          "image",
          "entrypoint",
          "command",
          "user",
          "read_only",
          "cap_drop",
          "security_opt",
          "restart",
          "network_mode",
          "networks",
          "depends_on",
          "environment",
          "ports",
          "volumes",
          "tmpfs",
          "stop_grace_period",
          "healthcheck",
          "profiles");

  private final Compose compose = Compose.read("docker-compose.yml");

  @Test
  void everyMemberOfAServiceIsOneThatComposeKnows() {
    compose
        .services()
        .forEach(
            (name, service) -> assertThat(SERVICE_KEYS).as(name).containsAll(service.keySet()));
  }

  @Test
  void everyNetworkVolumeAndFileThatAServiceUsesIsThere() {
    compose
        .services()
        .forEach(
            (name, service) -> {
              assertThat(Tree.map(compose.document(), "networks").keySet())
                  .as(name)
                  .containsAll(
                      Tree.list(service, "networks").stream().map(Object::toString).toList());
              for (Object volume : Tree.list(service, "volumes")) {
                assertThere(name, volume.toString());
              }
            });
  }

  private void assertThere(String service, String volume) {
    // Secrets are made by the first start.
    if (volume.startsWith("${HOLDFAST_SECRETS:-./secrets}")) {
      return;
    }
    String source = volume.split(":")[0];
    if (source.startsWith("./")) {
      assertThat(Files.exists(Tree.HOME.resolve(source))).as(service + ": " + source).isTrue();
    } else {
      assertThat(Tree.map(compose.document(), "volumes")).as(service).containsKey(source);
    }
  }

  @Test
  void whoWaitsForHealthWaitsForAServiceThatTellsIt() {
    Map<String, Map<String, Object>> services = compose.services();
    services.forEach(
        (name, service) ->
            Tree.map(service, "depends_on")
                .forEach(
                    (other, how) -> {
                      assertThat(services).as(name).containsKey(other);
                      if ("service_healthy".equals(Tree.map(how).get("condition"))) {
                        assertThat(services.get(other)).as(name).containsKey("healthcheck");
                      }
                    }));
  }

  @Test
  void onlyThisHostReachesWhatIsPublished() {
    List<String> published = new ArrayList<>();
    compose
        .services()
        .values()
        .forEach(service -> Tree.list(service, "ports").forEach(p -> published.add(p.toString())));

    assertThat(published).hasSize(3).allMatch(port -> port.startsWith("127.0.0.1:"));
  }

  @Test
  void ourServicesRunWithoutPrivilegesOnAFileSystemThatTheyCannotChange() {
    List<String> ours = new ArrayList<>(Compose.workers());
    ours.add("api");
    for (String name : ours) {
      assertThat(compose.service(name))
          .as(name)
          .containsEntry("read_only", true)
          .containsEntry("cap_drop", List.of("ALL"))
          .containsEntry("security_opt", List.of("no-new-privileges:true"));
    }
    assertThat(Tree.text("api-service/Dockerfile")).contains("\nUSER 10001:10001\n");
    assertThat(Tree.text("worker/Dockerfile")).contains("\nUSER 10001:10001\n");
  }

  @Test
  void theApiReachesNoDatabaseAndNoStoreThatHoldsData() {
    assertThat(Tree.list(compose.service("api"), "networks")).doesNotContain("data");
    assertThat(Tree.list(compose.service("demo-primary"), "networks")).containsExactly("data");
    assertThat(Tree.list(compose.service("s3"), "networks")).containsExactly("data");
  }

  @Test
  void onlyTheApiSeesTheKeyThatSignsCommands() {
    compose
        .services()
        .forEach(
            (name, service) -> {
              String volumes = Tree.list(service, "volumes").toString();
              assertThat(volumes.contains("./secrets}:") || volumes.contains("./secrets}/api:"))
                  .as(name)
                  .isEqualTo(name.equals("api") || name.equals("secrets"));
            });
  }

  @Test
  void workersAreGivenLongerToEndThanTheyMayTake() {
    for (String name : Compose.workers()) {
      Map<String, Object> worker = compose.service(name);
      Map<String, Object> environment = Tree.map(worker, "environment");
      Duration mayTake =
          Compose.duration(environment.get("HOLDFAST_WORKER_DRAIN"))
              .plus(Compose.duration(environment.get("HOLDFAST_WORKER_SHUTDOWN_GRACE")));

      assertThat(environment).doesNotContainKey("HOLDFAST_WORKER_DRAIN_RESTORES");
      assertThat(Compose.duration(worker.get("stop_grace_period"))).isGreaterThan(mayTake);
    }
  }

  @Test
  void theStandInsReplaceServicesThatAreThere() {
    Compose local = Compose.read("docker-compose.local.yml");

    assertThat(local.services().keySet())
        .isNotEmpty()
        .allMatch(name -> compose.services().containsKey(name));
    local
        .services()
        .forEach(
            (name, service) -> assertThat(SERVICE_KEYS).as(name).containsAll(service.keySet()));
  }
}
