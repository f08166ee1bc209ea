package io.holdfast.embedded;

import io.holdfast.embedded.process.Account;
import io.holdfast.embedded.process.Folders;
import io.holdfast.embedded.process.Ports;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a stack must remember: ports, passwords and keys, each made once when first asked for and
 * kept in {@code stack.properties} (mode 0600) of the state folder. One process at a time has it.
 */
public final class StackState implements AutoCloseable {
  private static final String ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int ID_LENGTH = 12;
  private static final Path LASTING = Path.of("/var/tmp");

  private final SecureRandom random = new SecureRandom();
  private final Path folder;
  private final Path file;
  private final Properties values = new Properties();
  private final FileChannel lockFile;

  private StackState(Path folder, FileChannel lockFile) {
    this.folder = folder;
    this.file = folder.resolve("stack.properties");
    this.lockFile = lockFile;
  }

  /**
   * Opens the state, or begins it when the folder is absent or empty.
   *
   * @throws IllegalStateException when another stack runs from the folder
   */
  public static StackState open(Path folder) {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      Path real = folder.toRealPath();
      FileChannel channel =
          FileChannel.open(
              real.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isFree(channel)) {
        channel.close();
        throw new IllegalStateException("another stack runs from " + real);
      }
      StackState state = new StackState(real, channel);
      if (Files.exists(state.file)) {
        try (Reader reader = Files.newBufferedReader(state.file)) {
          state.values.load(reader);
        }
      }
      return state;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the state in " + folder, e);
    }
  }

  private static boolean isFree(FileChannel channel) throws IOException {
    try {
      // Held until the channel is closed, or the process is gone.
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (java.nio.channels.OverlappingFileLockException e) {
      return false;
    }
  }

  public Path folder() {
    return folder;
  }

  /** A loopback port for this use, the same one for ever. */
  public int port(String use) {
    return Integer.parseInt(once("port." + use, () -> Integer.toString(Ports.lasting())));
  }

  /** 256 random bits as text without any character that needs quoting. */
  public String secret(String use) {
    return once("secret." + use, this::randomText);
  }

  /** {@code hfk_<id>_<secret>}. */
  public String adminKey() {
    return once("adminKey", () -> "hfk_" + randomId() + "_" + randomText());
  }

  /** The name of the key that commands are signed with. */
  public String signingKeyId() {
    return once("signing.keyId", () -> "stack-" + randomId());
  }

  /** Ed25519, PKCS#8 DER in Base64. */
  public String signingPrivateKey() {
    makeSigningKey();
    return values.getProperty("signing.privateKey");
  }

  /** Ed25519, X.509 DER in Base64. */
  public String signingPublicKey() {
    makeSigningKey();
    return values.getProperty("signing.publicKey");
  }

  /**
   * A folder that the user postgres can walk to: the state folder itself, or, when we are root and
   * it lies below a private folder such as /root, one in /var/tmp that the state remembers.
   */
  public Path reachableFolder() {
    Account account = Account.forPostgres();
    if (account.reaches(folder.resolve("x"))) {
      return folder;
    }
    return Path.of(once("reachableFolder", StackState::lastingFolder));
  }

  private static String lastingFolder() {
    Path made = Folders.in(LASTING, "stack");
    return made.toString();
  }

  private void makeSigningKey() {
    if (values.getProperty("signing.privateKey") != null) {
      return;
    }
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      Base64.Encoder encoder = Base64.getEncoder();
      values.setProperty(
          "signing.privateKey", encoder.encodeToString(pair.getPrivate().getEncoded()));
      values.setProperty(
          "signing.publicKey", encoder.encodeToString(pair.getPublic().getEncoded()));
      save();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Ed25519 is part of every JDK", e);
    }
  }

  private String randomId() {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ID_ALPHABET.charAt(random.nextInt(ID_ALPHABET.length())));
    }
    return id.toString();
  }

  private String randomText() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private synchronized String once(String key, Supplier<String> make) {
    String value = values.getProperty(key);
    if (value == null) {
      value = make.get();
      values.setProperty(key, value);
      save();
    }
    return value;
  }

  private void save() {
    writePrivate(file, values);
  }

  /** Writes properties whole or not at all, readable by nobody else from the first byte on. */
  static void writePrivate(Path file, Properties properties) {
    try {
      Path next = createPrivate(file.resolveSibling(file.getFileName() + ".new"));
      try (Writer writer = Files.newBufferedWriter(next)) {
        properties.store(writer, null);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  static Path createPrivate(Path file) throws IOException {
    Set<PosixFilePermission> mode =
        new HashSet<>(Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
    Files.deleteIfExists(file);
    return Files.createFile(file, PosixFilePermissions.asFileAttribute(mode));
  }

  /** Lets another stack have the folder. */
  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot release " + folder, e);
    }
  }
}
