package io.holdfast.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.worker.secret.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsReadinessTest {
  @TempDir Path folder;

  @Test
  void isReadyAsSoonAsTheFileCanBeRead() throws IOException {
    Path file = folder.resolve("credentials.yaml");
    CredentialsReadiness readiness = new CredentialsReadiness(new Credentials(file));
    assertThat(readiness.call().getStatus()).isEqualTo(Status.DOWN);
    Files.writeString(file, "databases: {}\n");
    assertThat(readiness.call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void saysTheLineAndNothingOfItsText() throws IOException {
    Path file = folder.resolve("credentials.yaml");
    Files.writeString(file, "databases: {}\npasword: canary\n");
    HealthCheckResponse response = new CredentialsReadiness(new Credentials(file)).call();
    assertThat(response.getStatus()).isEqualTo(Status.DOWN);
    assertThat(response.getData().orElseThrow().toString())
        .contains("near line")
        .doesNotContain("canary");
  }
}
