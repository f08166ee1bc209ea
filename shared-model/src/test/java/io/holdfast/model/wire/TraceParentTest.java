package io.holdfast.model.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  @Test
  void readsItsParts() {
    TraceParent parent = TraceParent.parse("00-" + TRACE + "-00f067aa0ba902b7-01").orElseThrow();

    assertThat(parent.traceId()).isEqualTo(TRACE);
    assertThat(parent.spanId()).isEqualTo("00f067aa0ba902b7");
    assertThat(parent.sampled()).isTrue();
    assertThat(TraceParent.parse("00-" + TRACE + "-00f067aa0ba902b7-02").orElseThrow().sampled())
        .isFalse();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n"
      })
  void takesNothingElse(String text) {
    assertThat(TraceParent.parse(text)).isEmpty();
  }

  @Test
  void makesAPlaceOfItsOwnThatNobodyRecords() {
    TraceParent one = TraceParent.unrecorded(TRACE);

    assertThat(one.traceId()).isEqualTo(TRACE);
    assertThat(one.sampled()).isFalse();
    assertThat(one).isNotEqualTo(TraceParent.unrecorded(TRACE));
  }
}
