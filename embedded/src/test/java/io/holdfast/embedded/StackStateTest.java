package io.holdfast.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StackStateTest {
  private final Path folder = Folders.temporary("state");

  @AfterEach
  void clean() {
    Folders.delete(folder);
  }

  @Test
  void remembersPortsAndKeys() {
    int port;
    String admin;
    String signing;
    try (StackState state = StackState.open(folder)) {
      port = state.port("api-0");
      admin = state.adminKey();
      signing = state.signingPrivateKey();
    }
    try (StackState state = StackState.open(folder)) {
      assertThat(state.port("api-0")).isEqualTo(port);
      assertThat(state.adminKey()).isEqualTo(admin);
      assertThat(state.signingPrivateKey()).isEqualTo(signing);
    }
  }

  @Test
  void makesAnAdminKeyOfTheAgreedShape() {
    try (StackState state = StackState.open(folder)) {
      assertThat(state.adminKey()).matches("hfk_[a-z2-7]{12}_[A-Za-z0-9_-]{43}");
    }
  }

  @Test
  void isReadableByNobodyElse() throws IOException {
    try (StackState state = StackState.open(folder)) {
      assertThat(state.secret("s3")).isNotBlank();
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(folder.resolve("stack.properties"))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void isHeldByOneAtATime() {
    try (StackState first = StackState.open(folder)) {
      assertThatThrownBy(() -> StackState.open(folder))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("another stack runs from " + first.folder());
    }
  }
}
