package io.holdfast.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each overlay as {@code kubectl} renders it, read strictly by the types of the Kubernetes API. */
class KubernetesTest {
  private static final Map<String, Class<?>> TYPES =
      Map.of(
          "v1/Namespace", Namespace.class,
          "v1/ServiceAccount", ServiceAccount.class,
          "v1/Service", Service.class,
          "v1/ConfigMap", ConfigMap.class,
          "apps/v1/Deployment", Deployment.class,
          "apps/v1/StatefulSet", StatefulSet.class,
          "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
          "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
          "monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class,
          "monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class);

  /** No library has this type; its one object is short enough to be read by a person. */
  private static final String UNTYPED = "keda.sh/v1alpha1/ScaledObject";

  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                /** The types would keep members that they do not know; here they must not. */
                @Override
                public Boolean hasAnySetter(Annotated member) {
                  return false;
                }
              });

  @ParameterizedTest
  @ValueSource(strings = {"evaluation", "production"})
  void everyObjectIsWhatItsKindAllows(String name) throws Exception {
    List<Map<String, Object>> objects = Overlay.render(name).objects();

    assertThat(objects).hasSizeGreaterThan(15);
    for (Map<String, Object> object : objects) {
      String type = object.get("apiVersion") + "/" + object.get("kind");
      if (!type.equals(UNTYPED)) {
        assertThat(TYPES).containsKey(type);
        assertThat(STRICT.convertValue(object, TYPES.get(type))).as(type).isNotNull();
      }
      assertThat(Tree.map(object, "metadata").get("namespace"))
          .as(type)
          .isEqualTo(type.equals("v1/Namespace") ? null : "holdfast");
    }
  }

  @Test
  void aMemberThatItsKindDoesNotHaveIsFound() throws Exception {
    Map<String, Object> deployment = Overlay.render("evaluation").workload("holdfast-api");
    Overlay.pod(deployment).put("terminationGracePeriod", 45);

    assertThatThrownBy(() -> STRICT.convertValue(deployment, Deployment.class))
        .hasMessageContaining("Unrecognized field \"terminationGracePeriod\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"evaluation", "production"})
  void secretsAreNamedAndNeverWritten(String name) throws Exception {
    Overlay overlay = Overlay.render(name);
    Set<Object> named = new HashSet<>();
    for (Map<String, Object> workload : overlay.workloads()) {
      for (Object volume : Tree.list(Overlay.pod(workload), "volumes")) {
        Object secret = Tree.map(volume, "secret").get("secretName");
        if (secret != null) {
          named.add(secret);
        }
      }
    }

    assertThat(overlay.ofKind("Secret")).isEmpty();
    assertThat(named)
        .containsExactlyInAnyOrder("holdfast-api", "holdfast-worker", "holdfast-notifications");
  }

  @ParameterizedTest
  @ValueSource(strings = {"evaluation", "production"})
  void podsRunWithoutPrivilegesOnAFileSystemThatTheyCannotChange(String name) throws Exception {
    List<Map<String, Object>> workloads = Overlay.render(name).workloads();

    assertThat(workloads).hasSize(2);
    for (Map<String, Object> workload : workloads) {
      assertThat(Tree.map(Overlay.pod(workload), "securityContext"))
          .containsEntry("runAsNonRoot", true)
          .containsEntry("runAsUser", 10001)
          .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
      assertThat(Tree.map(Overlay.container(workload), "securityContext"))
          .containsEntry("readOnlyRootFilesystem", true)
          .containsEntry("allowPrivilegeEscalation", false)
          .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
      assertThat(Tree.map(Overlay.container(workload), "resources", "limits"))
          .containsKey("memory");
      assertThat(Tree.map(Overlay.container(workload), "resources", "requests"))
          .containsKeys("cpu", "memory");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"evaluation", "production"})
  void everySelectorFindsPodsAndEveryNamedPortIsOneOfTheirs(String name) throws Exception {
    Overlay overlay = Overlay.render(name);
    List<Map<String, Object>> selectors = new ArrayList<>();
    overlay.ofKind("Service").forEach(s -> selectors.add(Tree.map(s, "spec", "selector")));
    overlay
        .ofKind("PodDisruptionBudget")
        .forEach(b -> selectors.add(Tree.map(b, "spec", "selector", "matchLabels")));
    overlay
        .ofKind("NetworkPolicy")
        .forEach(p -> selectors.add(Tree.map(p, "spec", "podSelector", "matchLabels")));

    assertThat(selectors).hasSizeGreaterThan(9);
    for (Map<String, Object> selector : selectors) {
      assertThat(overlay.workloads())
          .as(selector.toString())
          .anyMatch(workload -> labels(workload).entrySet().containsAll(selector.entrySet()));
    }
    for (Map<String, Object> service : overlay.ofKind("Service")) {
      Map<String, Object> selected =
          overlay.workloads().stream()
              .filter(
                  workload ->
                      labels(workload)
                          .entrySet()
                          .containsAll(Tree.map(service, "spec", "selector").entrySet()))
              .findFirst()
              .orElseThrow();
      for (Object port : Tree.list(Tree.map(service, "spec"), "ports")) {
        assertThat(Tree.list(Overlay.container(selected), "ports"))
            .extracting(container -> Tree.map(container).get("name"))
            .contains(Tree.map(port).get("targetPort"));
      }
    }
  }

  private static Map<String, Object> labels(Map<String, Object> workload) {
    return Tree.map(workload, "spec", "template", "metadata", "labels");
  }

  @ParameterizedTest
  @ValueSource(strings = {"evaluation", "production"})
  void workersAreGivenLongerToEndThanTheyMayTake(String name) throws Exception {
    Overlay overlay = Overlay.render(name);
    Map<String, Object> worker = overlay.workload("holdfast-worker");
    Map<String, String> settings = overlay.environment(worker);
    Duration restores = Compose.duration(settings.get("HOLDFAST_WORKER_DRAIN_RESTORES"));
    Duration mayTake =
        restores.plus(Compose.duration(settings.get("HOLDFAST_WORKER_SHUTDOWN_GRACE")));
    Object grace = Overlay.pod(worker).get("terminationGracePeriodSeconds");

    assertThat(restores).isGreaterThan(Compose.duration(settings.get("HOLDFAST_WORKER_DRAIN")));
    assertThat(Duration.ofSeconds((int) grace)).isGreaterThan(mayTake);
  }

  @Test
  void theNumberOfWorkersIsLeftToWhoeverScalesThem() throws Exception {
    Overlay production = Overlay.render("production");
    Map<String, Object> scaled = production.ofKind("ScaledObject").getFirst();

    assertThat(Tree.map(scaled, "spec", "scaleTargetRef"))
        .containsEntry("kind", "StatefulSet")
        .containsEntry("name", "holdfast-worker");
    assertThat(Tree.map(production.workload("holdfast-worker"), "spec"))
        .doesNotContainKey("replicas");
    String pool =
        production.environment(production.workload("holdfast-worker")).get("HOLDFAST_WORKER_POOL");
    assertThat(scaled.toString())
        .contains("max(holdfast_jobs{state=\"QUEUED\", pool=\"" + pool + "\"})");
    assertThat(Tree.text("docs/operations/metrics.md")).contains("`holdfast_jobs{pool,state}`");
  }
}
