package io.holdfast.worker.encryption;

import io.holdfast.embedded.gpg.GnuPg;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The {@code keys} section of a credentials file, and the files that it names. */
public final class Keys {
  private final Path folder;
  private final Map<String, String> envelope = new LinkedHashMap<>();
  private final Map<String, String> openPgp = new LinkedHashMap<>();

  public Keys(Path folder) {
    this.folder = folder;
  }

  /** A fresh key in a file. */
  public Keys envelope(String name) {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    write(name + ".key", Base64.getEncoder().encodeToString(key) + "\n");
    return envelopeFile(name, folder.resolve(name + ".key"));
  }

  public Keys envelopeFile(String name, Path file) {
    envelope.put(name, "{ file: \"" + file + "\" }");
    return this;
  }

  public Path file(String name) {
    return folder.resolve(name + ".key");
  }

  /** The public half only. */
  public Keys recipient(String name, GnuPg gpg) {
    openPgp.put(name, "{ publicKeyFile: \"" + publicFile(name, gpg) + "\" }");
    return this;
  }

  /** The public half, whose signatures are believed. */
  public Keys believed(String name, GnuPg gpg) {
    openPgp.put(name, "{ publicKeyFile: \"" + publicFile(name, gpg) + "\", signs: true }");
    return this;
  }

  /** Both halves. */
  public Keys secret(String name, GnuPg gpg, String passphrase, boolean signs) {
    Path secret = gpg.exportSecret(name, passphrase, folder.resolve(name + ".secret"));
    write(name + ".passphrase", passphrase + "\n");
    openPgp.put(
        name,
        "{ publicKeyFile: \"%s\", secretKeyFile: \"%s\", passphraseFile: \"%s\", signs: %s }"
            .formatted(publicFile(name, gpg), secret, folder.resolve(name + ".passphrase"), signs));
    return this;
  }

  /** Says another passphrase than that of the key. */
  public Keys passphrase(String name, String wrong) {
    write(name + ".passphrase", wrong + "\n");
    return this;
  }

  private Path publicFile(String name, GnuPg gpg) {
    return gpg.exportPublic(name, folder.resolve(name + ".public"));
  }

  public String yaml() {
    return "keys:\n  envelope: " + map(envelope) + "\n  openPgp: " + map(openPgp) + "\n";
  }

  private static String map(Map<String, String> entries) {
    return entries.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue())
        .collect(Collectors.joining(", ", "{ ", " }"));
  }

  private void write(String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
