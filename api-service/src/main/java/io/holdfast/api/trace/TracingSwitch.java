package io.holdfast.api.trace;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Traces are off unless {@code holdfast.tracing.endpoint}, or the environment variable that
 * OpenTelemetry has for it, names a collector that speaks OTLP over HTTP. An expression in a
 * configuration file cannot say "unless".
 */
public final class TracingSwitch implements ConfigSourceFactory {
  private static final List<String> ENDPOINT =
      List.of("holdfast.tracing.endpoint", "otel.exporter.otlp.endpoint");

  /** Above the application's own file and below everything that whoever runs it sets. */
  private static final int ORDINAL = 255;

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    Map<String, String> settings =
        ENDPOINT.stream()
            .map(context::getValue)
            .filter(value -> value != null && value.getValue() != null)
            .map(ConfigValue::getValue)
            .filter(endpoint -> !endpoint.isBlank())
            .findFirst()
            .map(TracingSwitch::on)
            .orElse(Map.of("quarkus.otel.sdk.disabled", "true"));
    return List.of(new PropertiesConfigSource(settings, "holdfast-tracing", ORDINAL));
  }

  private static Map<String, String> on(String endpoint) {
    return Map.of(
        "quarkus.otel.sdk.disabled", "false", "quarkus.otel.exporter.otlp.endpoint", endpoint);
  }

  @Override
  public OptionalInt getPriority() {
    return OptionalInt.of(ORDINAL);
  }
}
