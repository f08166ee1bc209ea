package io.holdfast.worker.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.ErrorCode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What fails with a code of its own, and how a test says so. */
public final class Refusals {
  private Refusals() {}

  public static void assertRefused(ErrorCode code, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(JobFailure.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
