package io.holdfast.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code kubectl apply -k} would apply. */
record Overlay(List<Map<String, Object>> objects) {
  static final List<String> NAMES = List.of("evaluation", "production");

  static Overlay render(String name) throws IOException, InterruptedException {
    Process kubectl =
        new ProcessBuilder(
                "kubectl", "kustomize", Tree.HOME.resolve("k8s/overlays/" + name).toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (kubectl.waitFor() != 0) {
      throw new IllegalStateException("overlay " + name + " does not render: " + output);
    }
    return new Overlay(Tree.yaml(output));
  }

  List<Map<String, Object>> ofKind(String kind) {
    return objects.stream().filter(object -> kind.equals(object.get("kind"))).toList();
  }

  /** The pods that run: of the API's Deployment and the workers' StatefulSet. */
  List<Map<String, Object>> workloads() {
    List<Map<String, Object>> found = new ArrayList<>(ofKind("Deployment"));
    found.addAll(ofKind("StatefulSet"));
    return found;
  }

  Map<String, Object> workload(String name) {
    return workloads().stream()
        .filter(object -> name(object).equals(name))
        .findFirst()
        .orElseThrow();
  }

  static String name(Map<String, Object> object) {
    return Tree.map(object, "metadata").get("name").toString();
  }

  static Map<String, Object> pod(Map<String, Object> workload) {
    return Tree.map(workload, "spec", "template", "spec");
  }

  static Map<String, Object> container(Map<String, Object> workload) {
    return Tree.map(Tree.list(pod(workload), "containers").getFirst());
  }

  /** Every variable that the workload's container is given, with its value where there is one. */
  Map<String, String> environment(Map<String, Object> workload) {
    Map<String, String> all = new LinkedHashMap<>();
    for (Object from : Tree.list(container(workload), "envFrom")) {
      Object wanted = Tree.map(from, "configMapRef").get("name");
      for (Map<String, Object> map : ofKind("ConfigMap")) {
        if (name(map).equals(wanted)) {
          Tree.map(map, "data").forEach((key, value) -> all.put(key, value.toString()));
        }
      }
    }
    for (Object variable : Tree.list(container(workload), "env")) {
      Object value = Tree.map(variable).get("value");
      all.put(Tree.map(variable).get("name").toString(), value == null ? "" : value.toString());
    }
    return all;
  }
}
