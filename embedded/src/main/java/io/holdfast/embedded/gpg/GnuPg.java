package io.holdfast.embedded.gpg;

import io.holdfast.embedded.process.Command;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/** A keyring of {@code gpg} in a folder of its own. */
public final class GnuPg implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path home;

  public GnuPg() {
    // Not below a test's folder: the path of gpg-agent's socket may have 107 characters.
    this.home = Folders.temporary("gpg");
    try {
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path home() {
    return home;
  }

  /**
   * Makes a key pair that signs, with a part that encrypts.
   *
   * @param passphrase may be empty
   * @param expires as gpg takes it: {@code never}, {@code 1y}, {@code seconds=5}
   */
  public void generate(String name, String passphrase, String expires) {
    born(name, passphrase, "Expire-Date: " + (expires.equals("never") ? "0" : expires));
  }

  /** As {@link #generate}, a key that held for the year 2020. */
  public void generateExpired(String name) {
    born(name, "", "Creation-Date: 20200101T000000\nExpire-Date: 1y");
  }

  private void born(String name, String passphrase, String dates) {
    String parameters =
        """
        Key-Type: EDDSA
        Key-Curve: ed25519
        Key-Usage: sign
        Subkey-Type: ECDH
        Subkey-Curve: cv25519
        Subkey-Usage: encrypt
        Name-Real: %s
        %s
        %s
        %%commit
        """
            .formatted(
                name, dates, passphrase.isEmpty() ? "%no-protection" : "Passphrase: " + passphrase);
    write(home.resolve("parameters"), parameters);
    gpg("--generate-key", home.resolve("parameters").toString());
  }

  /** As {@link #generate}, RSA with so many bits. */
  public void generateRsa(String name, int bits, String passphrase) {
    String parameters =
        """
        Key-Type: RSA
        Key-Length: %d
        Key-Usage: sign
        Subkey-Type: RSA
        Subkey-Length: %d
        Subkey-Usage: encrypt
        Name-Real: %s
        Expire-Date: 0
        %s
        %%commit
        """
            .formatted(
                bits,
                bits,
                name,
                passphrase.isEmpty() ? "%no-protection" : "Passphrase: " + passphrase);
    write(home.resolve("parameters"), parameters);
    gpg("--generate-key", home.resolve("parameters").toString());
  }

  /** Imports the revocation that gpg prepared when it made the key. */
  public void revoke(String name) {
    String fingerprint = fingerprint(name);
    Path prepared = home.resolve("openpgp-revocs.d").resolve(fingerprint + ".rev");
    try {
      // gpg puts a colon before the armour, so that nobody imports it by mistake.
      write(home.resolve("revocation"), Files.readString(prepared).replace(":-----", "-----"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    gpg("--import", home.resolve("revocation").toString());
  }

  /** Of the whole key, upper-case hexadecimal. */
  public String fingerprint(String name) {
    return gpg("--with-colons", "--list-keys", "=" + name)
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .findFirst()
        .orElseThrow()
        .split(":")[9];
  }

  public Path exportPublic(String name, Path file) {
    gpg("--armor", "--yes", "--output", file.toString(), "--export", "=" + name);
    return file;
  }

  public Path exportSecret(String name, String passphrase, Path file) {
    withPassphrase(
        passphrase, "--yes", "--output", file.toString(), "--export-secret-keys", "=" + name);
    return file;
  }

  /** Decrypts a file into another one. */
  public void decrypt(Path message, String passphrase, Path plain) {
    withPassphrase(
        passphrase, "--yes", "--output", plain.toString(), "--decrypt", message.toString());
  }

  /** Fails when gpg finds the detached signature bad. */
  public void verify(Path signature, Path document) {
    gpg("--verify", signature.toString(), document.toString());
  }

  private void withPassphrase(String passphrase, String... arguments) {
    Path file = home.resolve("passphrase");
    write(file, passphrase + "\n");
    String said =
        Command.of("gpg", "--homedir", home.toString(), "--batch", "--quiet")
            .with("--pinentry-mode", "loopback", "--passphrase-file", file.toString())
            .with(arguments)
            .run(PATIENCE);
    assert said != null;
  }

  private String gpg(String... arguments) {
    return Command.of("gpg", "--homedir", home.toString(), "--batch", "--quiet")
        .with(arguments)
        .run(PATIENCE);
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the agent that gpg started, and removes the keyring. */
  @Override
  public void close() {
    String unused =
        Command.of("gpgconf", "--homedir", home.toString(), "--kill", "gpg-agent").run(PATIENCE);
    Folders.delete(home);
  }
}
