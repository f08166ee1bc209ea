package io.holdfast.worker.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  @TempDir Path folder;
  private Credentials credentials;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("root"));
    Files.createDirectories(folder.resolve("outside"));
    write("canary");
    credentials = new Credentials(folder.resolve("c.yaml"));
  }

  private void write(String password) throws IOException {
    Files.writeString(
        folder.resolve("c.yaml"),
        """
        databases:
          orders-db: { username: holdfast, password: "%s", endpoints: ["h:1"] }
        roots: { restores: ["%s"] }
        """
            .formatted(password, folder.resolve("root")));
  }

  @Test
  void seesARotatedPasswordAtOnce() throws IOException {
    write("second");
    assertThat(credentials.database(new SecretRef("orders-db"), "h:1").password())
        .isEqualTo("second");
  }

  @Test
  void refusesToSendALoginElsewhere() {
    assertThatThrownBy(() -> credentials.database(new SecretRef("orders-db"), "evil:1"))
        .isInstanceOfSatisfying(
            JobFailure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.COMMAND_REFUSED));
  }

  @Test
  void neverShowsTheSecretInText() throws IOException {
    assertThat(credentials.database(new SecretRef("orders-db"), "h:1").toString())
        .doesNotContain("canary");
    Files.writeString(folder.resolve("c.yaml"), "databases: { a: { pasword: canary } }");
    assertThatThrownBy(credentials::validate)
        .hasNoCause()
        .hasMessageNotContaining("canary")
        .hasMessageContaining("line 1");
  }

  @Test
  void allowsPathsBelowARootOnlyLinksFollowed() throws IOException {
    Path root = folder.resolve("root");
    Files.createSymbolicLink(root.resolve("link"), folder.resolve("outside"));
    assertThat(credentials.allowsRestorePath(root.resolve("new/deep"))).isTrue();
    assertThat(credentials.allowsRestorePath(root.resolve("../outside/x"))).isFalse();
    assertThat(credentials.allowsRestorePath(root.resolve("link/x"))).isFalse();
    assertThat(credentials.allowsRestorePath(root)).isFalse();
    assertThat(credentials.allowsRepositoryPath(root.resolve("x"))).isFalse();
  }
}
