package io.holdfast.api.fleet;

import io.holdfast.api.declared.DeclaredKind;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every kind that can be declared in a file. */
@ApplicationScoped
class FleetKinds {
  @Inject Instance<DeclaredKind<?>> beans;

  /** In the order in which they are applied. */
  List<DeclaredKind<?>> all() {
    return beans.stream()
        .sorted(Comparator.<DeclaredKind<?>>comparingInt(DeclaredKind::order))
        .toList();
  }

  Optional<DeclaredKind<?>> named(String kind) {
    return all().stream().filter(each -> each.kind().equals(kind)).findFirst();
  }

  String words() {
    return all().stream().map(DeclaredKind::kind).collect(Collectors.joining(", "));
  }
}
