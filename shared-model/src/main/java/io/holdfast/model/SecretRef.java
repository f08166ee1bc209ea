package io.holdfast.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of a secret. The secret itself lives only in the configuration of the worker that
 * resolves it and never travels.
 */
public record SecretRef(@JsonValue String name) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SecretRef {
    name = ResourceName.check("secret reference", name);
  }

  @Override
  public String toString() {
    return name;
  }
}
