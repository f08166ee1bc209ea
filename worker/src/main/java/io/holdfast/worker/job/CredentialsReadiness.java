package io.holdfast.worker.job;

import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.secret.Credentials;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** A worker that cannot read its credentials file would fail every job: it says so beforehand. */
@Readiness
final class CredentialsReadiness implements HealthCheck {
  private static final String NAME = "credentials file";

  private final Credentials credentials;

  CredentialsReadiness(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public HealthCheckResponse call() {
    try {
      credentials.validate();
      return HealthCheckResponse.up(NAME);
    } catch (JobFailure unreadable) {
      return HealthCheckResponse.named(NAME)
          .down()
          .withData("problem", unreadable.getMessage())
          .withData("hint", unreadable.hint())
          .build();
    }
  }
}
