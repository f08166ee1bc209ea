package io.holdfast.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerCredentialsTest {
  @Test
  void writesTheFileWholeAndPrivate() throws IOException {
    Path folder = Folders.temporary("credentials");
    Path file = folder.resolve("credentials.yaml");
    new WorkerCredentials()
        .database("orders-db", new Login("holdfast", "a\"b\\c"), List.of("127.0.0.1:5432"))
        .restoreRoot(Path.of("/restores"))
        .writeTo(file);
    String written = Files.readString(file);
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    Folders.delete(folder);
    assertThat(mode).isEqualTo("rw-------");
    assertThat(written)
        .isEqualTo(
            """
            databases:
              "orders-db": { username: "holdfast", password: "a\\"b\\\\c", endpoints: ["127.0.0.1:5432"] }
            repositories: {}
            archives: {}
            roots:
              repositories: []
              restores: ["/restores"]
            """);
  }
}
