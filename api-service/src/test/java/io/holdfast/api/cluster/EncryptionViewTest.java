package io.holdfast.api.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.cluster.EncryptionView.EnvelopeView;
import io.holdfast.api.cluster.EncryptionView.OpenPgpView;
import io.holdfast.api.problem.ApiProblem;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncryptionViewTest {
  private static final EnvelopeView ENVELOPE = new EnvelopeView("orders-2026");
  private static final OpenPgpView OPENPGP = new OpenPgpView(List.of("auditor", "safe"), "workers");

  @Test
  void showsWhatWasDeclared() {
    for (EncryptionView declared :
        List.of(
            new EncryptionView("ENVELOPE", ENVELOPE, null),
            new EncryptionView("OPENPGP", null, OPENPGP))) {
      assertThat(EncryptionView.of(declared.spec())).isEqualTo(declared);
    }
  }

  @Test
  void refusesWhatDoesNotGoTogether() {
    refused(new EncryptionView("ENVELOPE", null, null));
    refused(new EncryptionView("ENVELOPE", ENVELOPE, OPENPGP));
    refused(new EncryptionView("OPENPGP", ENVELOPE, null));
    refused(
        new EncryptionView("OPENPGP", null, new OpenPgpView(List.of("auditor", "auditor"), "w")));
  }

  private static void refused(EncryptionView view) {
    assertThatThrownBy(view::spec)
        .isInstanceOfSatisfying(
            ApiProblem.class, problem -> assertThat(problem.getMessage()).isNotBlank());
  }
}
