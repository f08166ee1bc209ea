package io.holdfast.model.cluster;

import io.holdfast.model.ResourceName;

/** One member of a cluster: its name in messages and where it listens. */
public record NodeSpec(String name, String host, int port) {
  public NodeSpec {
    ResourceName.check("node name", name);
    if (host == null || host.isBlank() || host.length() > 253 || port < 1 || port > 65535) {
      throw new IllegalArgumentException("node " + name + " needs a host and a port of 1 to 65535");
    }
  }

  /** {@code host:port}, as the worker's configuration lists it. */
  public String endpoint() {
    return host + ":" + port;
  }
}
