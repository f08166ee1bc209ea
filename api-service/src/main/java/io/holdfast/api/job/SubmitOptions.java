package io.holdfast.api.job;

import java.time.Duration;
import java.util.Map;

/**
 * @param trigger id of the key, or the name of the part of the service, that asks
 * @param deadline from now; null means none
 */
public record SubmitOptions(String trigger, Map<String, String> labels, Duration deadline) {
  public SubmitOptions {
    labels = labels == null ? Map.of() : Map.copyOf(labels);
  }

  public static SubmitOptions by(String trigger) {
    return new SubmitOptions(trigger, Map.of(), null);
  }
}
