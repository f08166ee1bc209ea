package io.holdfast.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.process.Folders;
import io.holdfast.model.wire.CommandSigner;
import io.holdfast.model.wire.CommandVerifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code compose/secrets.sh}, which makes what the services must know of each other. */
class SecretsTest {
  private static final byte[] COMMAND = "a command".getBytes(StandardCharsets.UTF_8);

  private final Path parent = Folders.temporary("secrets");
  private final Path folder = parent.resolve("secrets");

  @AfterEach
  void delete() {
    Folders.delete(parent);
  }

  @Test
  void whatTheApiSignsTheWorkersTrust() throws Exception {
    make();

    Properties api = properties("api");
    String keyId = api.getProperty("holdfast.signing.key-id");
    String trusted = properties("worker").getProperty("holdfast.worker.trusted-keys." + keyId);
    String signature =
        CommandSigner.of(keyId, api.getProperty("holdfast.signing.private-key")).sign(COMMAND);
    assertThat(CommandVerifier.of(Map.of(keyId, trusted)).accepts(keyId, signature, COMMAND))
        .isTrue();
    assertThat(api.getProperty("holdfast.bootstrap-admin-key"))
        .matches("hfk_[a-z2-7]{12}_[A-Za-z0-9_-]{43}");
  }

  @Test
  void aSecondRunChangesNothingAndLeavesLoginsThatWereAdded() throws Exception {
    make();
    Path credentials = folder.resolve("worker/credentials.yaml");
    Files.writeString(credentials, Files.readString(credentials) + "# mine\n");
    Map<String, String> before = contents();

    make();

    assertThat(before).hasSizeGreaterThan(12);
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void noSecretIsPrintedAndTheFolderIsClosed() throws Exception {
    String output = make();

    assertThat(output).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
  }

  @Test
  void onlyTheApisFolderHoldsThePrivateKey() throws Exception {
    make();

    String key = properties("api").getProperty("holdfast.signing.private-key");
    assertThat(
            contents().entrySet().stream()
                .filter(file -> file.getValue().contains(key))
                .map(Map.Entry::getKey))
        .containsExactly("api/application.properties", "own/signing-private");
  }

  private String make() throws IOException, InterruptedException {
    Process script =
        new ProcessBuilder(Tree.HOME.resolve("compose/secrets.sh").toString(), folder.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(script.waitFor()).as(output).isZero();
    return output;
  }

  private Properties properties(String service) throws IOException {
    Properties properties = new Properties();
    try (var reader =
        Files.newBufferedReader(folder.resolve(service + "/application.properties"))) {
      properties.load(reader);
    }
    return properties;
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }
}
