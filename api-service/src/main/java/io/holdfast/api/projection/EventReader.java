package io.holdfast.api.projection;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.model.event.HoldfastEvent;
import io.holdfast.model.wire.Wire;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Bytes as events, tolerant of what a newer worker may send. */
final class EventReader {
  private static final Set<String> KNOWN =
      Arrays.stream(HoldfastEvent.class.getAnnotation(JsonSubTypes.class).value())
          .map(JsonSubTypes.Type::name)
          .collect(Collectors.toUnmodifiableSet());

  private EventReader() {}

  /** The bytes are not an event of any version. */
  static final class Poison extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Poison(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * @return empty for a type that this version does not know
   * @throws Poison for what is not an event
   */
  static Optional<HoldfastEvent> read(byte[] value) {
    if (value == null) {
      throw new Poison("a record without a value", null);
    }
    try {
      JsonNode type = Wire.read(value, JsonNode.class).path("type");
      if (!type.isTextual()) {
        throw new Poison("a record without a type", null);
      }
      return KNOWN.contains(type.textValue())
          ? Optional.of(Wire.read(value, HoldfastEvent.class))
          : Optional.empty();
    } catch (UncheckedIOException unreadable) {
      throw new Poison("a record that is not an event", unreadable);
    }
  }
}
