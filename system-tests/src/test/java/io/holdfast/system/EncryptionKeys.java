package io.holdfast.system;

import io.holdfast.embedded.WorkerCredentials;
import io.holdfast.embedded.gpg.GnuPg;
import io.holdfast.embedded.process.Command;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;

/** Keys for both kinds of encryption, which a stack's workers all have. */
record EncryptionKeys(Path folder, GnuPg gpg) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  static EncryptionKeys make() throws IOException {
    Path folder = Folders.temporary("keys");
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    Files.writeString(folder.resolve("kek"), Base64.getEncoder().encodeToString(key) + "\n");
    GnuPg gpg = new GnuPg();
    for (String name : new String[] {"auditor", "signer"}) {
      gpg.generate(name, "", "never");
      gpg.exportPublic(name, folder.resolve(name + ".public"));
      gpg.exportSecret(name, "", folder.resolve(name + ".secret"));
    }
    return new EncryptionKeys(folder, gpg);
  }

  void into(WorkerCredentials credentials) {
    credentials
        .envelopeKey("kek", folder.resolve("kek"))
        .openPgpKey(
            "auditor",
            folder.resolve("auditor.public"),
            folder.resolve("auditor.secret"),
            null,
            false)
        .openPgpKey(
            "signer", folder.resolve("signer.public"), folder.resolve("signer.secret"), null, true);
  }

  /** A cluster's {@code encryption}. */
  static String json(String type) {
    return type.equals("ENVELOPE")
        ? "{\"type\":\"ENVELOPE\",\"envelope\":{\"key\":\"kek\"}}"
        : "{\"type\":\"OPENPGP\",\"openPgp\":{\"recipients\":[\"auditor\"],\"signer\":\"signer\"}}";
  }

  /**
   * What a person needs who restores without Holdfast, readable for the account that a folder
   * belongs to.
   *
   * @return variables of docs/repository-format.md
   */
  Map<String, String> forAccountOf(Path owned) throws IOException {
    Path place = Folders.temporary("g");
    String home = place.resolve("h").toString();
    Path unseal = Files.copy(program(), place.resolve("unseal.jar"));
    Command.of("cp", "-a", gpg.home().toString(), home).run(PATIENCE);
    Command.of("chown", "-R", "--reference=" + owned, home).run(PATIENCE);
    return Map.of(
        "GNUPGHOME", home,
        "KEY", folder.resolve("kek").toString(),
        "UNSEAL", unseal.toString());
  }

  private static Path program() throws IOException {
    Path target = Path.of(System.getProperty("holdfast.home"), "worker", "target");
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("-unseal.jar"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("package the worker first"));
    }
  }

  @Override
  public void close() {
    gpg.close();
    Folders.delete(folder);
  }
}
