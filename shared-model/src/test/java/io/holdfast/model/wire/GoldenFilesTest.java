package io.holdfast.model.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.model.command.JobCommand;
import io.holdfast.model.event.HoldfastEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What travelled once can be read for ever. A golden file is never edited; a change of the wire
 * adds a version beside it.
 */
class GoldenFilesTest {
  static Stream<Arguments> samples() {
    return Stream.concat(
        GoldenCommands.all().entrySet().stream()
            .map(e -> Arguments.of("command-" + e.getKey(), e.getValue(), JobCommand.class)),
        GoldenEvents.all().entrySet().stream()
            .map(e -> Arguments.of("event-" + e.getKey(), e.getValue(), HoldfastEvent.class)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void writesWhatTheGoldenFileSays(String name, Object sample, Class<?> type) throws IOException {
    assertThat(new String(Wire.document(sample), StandardCharsets.UTF_8)).isEqualTo(golden(name));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void readsTheGoldenFile(String name, Object sample, Class<?> type) throws IOException {
    assertThat(Wire.read(golden(name), type)).isEqualTo(sample);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void toleratesFieldsOfALaterVersion(String name, Object sample, Class<?> type)
      throws IOException {
    String later = golden(name).replaceFirst("\\{", "{ \"ofALaterVersion\": { \"a\": [1] },");

    assertThat(Wire.read(later, type)).isEqualTo(sample);
  }

  @Test
  void hasASampleOfEveryCommandAndEvent() {
    assertThat(GoldenCommands.all().values())
        .extracting(c -> (Object) c.getClass())
        .contains((Object[]) JobCommand.class.getPermittedSubclasses());
    assertThat(GoldenEvents.all().values())
        .extracting(e -> (Object) e.getClass())
        .contains((Object[]) io.holdfast.model.event.JobEvent.class.getPermittedSubclasses())
        .contains((Object[]) io.holdfast.model.event.WorkerEvent.class.getPermittedSubclasses());
  }

  private static String golden(String name) throws IOException {
    try (InputStream in =
        GoldenFilesTest.class.getResourceAsStream("/golden/v1/" + name + ".json")) {
      assertThat(in).as("golden file %s", name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
