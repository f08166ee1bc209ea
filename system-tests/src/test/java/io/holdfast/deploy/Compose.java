package io.holdfast.deploy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code docker-compose.yml}. */
record Compose(Map<String, Object> document) {
  static Compose read(String file) {
    return new Compose(Tree.yaml(Tree.text(file)).getFirst());
  }

  Map<String, Map<String, Object>> services() {
    Map<String, Map<String, Object>> services = new LinkedHashMap<>();
    Tree.map(document, "services")
        .forEach((name, service) -> services.put(name, Tree.map(service)));
    return services;
  }

  Map<String, Object> service(String name) {
    return services().get(name);
  }

  static List<String> workers() {
    return List.of("worker-1", "worker-2");
  }

  /** What Compose and our settings both write as {@code 90s} or {@code 1h}. */
  static Duration duration(Object text) {
    return Duration.parse("PT" + text.toString().toUpperCase());
  }
}
