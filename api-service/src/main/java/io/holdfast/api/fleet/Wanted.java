package io.holdfast.api.fleet;

import io.holdfast.api.declared.DeclaredKind;
import io.holdfast.api.declared.DeclaredName;

/** A declaration that could be read, with the kind that knows what to do with it. */
record Wanted<R>(FleetDocument document, DeclaredKind<R> kind, DeclaredName name, R form) {
  String path() {
    return kind.path(name);
  }

  /** For people: {@code Cluster 'orders'}. */
  String words() {
    return kind.kind() + " " + name;
  }
}
