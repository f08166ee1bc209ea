package io.holdfast.worker.wal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.failure.JobFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Function;

/**
 * A file of WAL as it lies in a repository: a skippable zstd frame that says what follows, then one
 * zstd frame with the file. {@code zstd -d} passes over the first and gives the file. Where WAL is
 * encrypted, the second is the encrypted zstd frame.
 */
public final class WalObject {
  /** The longest label; more than that is none. */
  static final int LABEL_LIMIT = 4096;

  /** How much of a plain file {@link Encoded#head} has. */
  public static final int HEAD_BYTES = 128 * 1024;

  private static final int LABEL_MAGIC = 0x184D2A57;
  private static final int FRAME_HEADER = 8;

  private WalObject() {}

  /**
   * What the skippable frame says. Its bytes are exactly what {@link Wire#bytes} makes of it, so
   * that a changed byte shows.
   *
   * @param format 1; 2 where it is encrypted
   * @param plain the file; its digest is blinded where the encryption can
   * @param stored what follows
   * @param encryption null: none
   * @param signature of the label without it; null unless the encryption needs one
   */
  public record Label(
      int format,
      String cluster,
      String systemIdentifier,
      String file,
      Bytes plain,
      Bytes stored,
      Encryption encryption,
      byte[] signature) {
    private Label signed(byte[] by) {
      return new Label(format, cluster, systemIdentifier, file, plain, stored, encryption, by);
    }

    /** The label's frame and the one that follows, in bytes. */
    public long objectBytes() {
      return FRAME_HEADER + Wire.bytes(this).length + stored.bytes();
    }
  }

  /**
   * @param sha256 lower-case hexadecimal
   */
  public record Bytes(long bytes, String sha256) {}

  /**
   * @param head the first bytes of the plain file, at most {@link #HEAD_BYTES}
   * @param sha256 of the plain file
   */
  public record Encoded(Label label, byte[] object, byte[] head, byte[] sha256) {
    /** Whether an object with that label holds the same file. */
    boolean sameAs(Label other, Seal seal) {
      return other.plain().bytes() == label.plain().bytes()
          && other.plain().sha256().equals(seal.blind(sha256));
    }
  }

  /**
   * Reads a file and makes an object of it, in memory.
   *
   * @param length so many bytes are read, if there are as many
   * @param level of zstd
   * @param key of the object
   */
  public static Encoded encode(
      WalLayout layout,
      WalFileName file,
      InputStream plain,
      int length,
      int level,
      String key,
      Seal seal)
      throws IOException {
    return FramePress.use(press -> encode(press, layout, file, plain, length, level, key, seal));
  }

  private static Encoded encode(
      FramePress press,
      WalLayout layout,
      WalFileName file,
      InputStream plain,
      int length,
      int level,
      String key,
      Seal seal)
      throws IOException {
    MessageDigest digest = sha256();
    int bytes = press.take(plain, length, digest);
    ByteBuffer frame = press.press(level);
    byte[] body = new byte[frame.remaining()];
    frame.get(body);
    Encryption encryption = seal.describe();
    if (encryption != null) {
      body = seal.seal(key, body);
    }
    byte[] sha256 = digest.digest();
    Label unsigned =
        new Label(
            encryption == null ? 1 : 2,
            layout.cluster(),
            layout.systemIdentifier(),
            file.toString(),
            new Bytes(bytes, seal.blind(sha256)),
            new Bytes(body.length, hex(sha256(body))),
            encryption,
            null);
    Label label = unsigned.signed(seal.sign(Wire.bytes(unsigned)));
    byte[] text = Wire.bytes(label);
    ByteBuffer object =
        ByteBuffer.allocate(FRAME_HEADER + text.length + body.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(LABEL_MAGIC)
            .putInt(text.length)
            .put(text)
            .put(body);
    return new Encoded(label, object.array(), press.head(HEAD_BYTES), sha256);
  }

  /**
   * Reads the label and leaves the stream behind it.
   *
   * @throws JobFailure WAL_DAMAGED when it is none
   */
  public static Label label(String key, InputStream object) throws IOException {
    ByteBuffer head =
        ByteBuffer.wrap(object.readNBytes(FRAME_HEADER)).order(ByteOrder.LITTLE_ENDIAN);
    if (head.remaining() < FRAME_HEADER || head.getInt(0) != LABEL_MAGIC) {
      throw damaged(key, "it does not begin with its label");
    }
    int length = head.getInt(4);
    if (length < 2 || length > LABEL_LIMIT) {
      throw damaged(key, "its label has a length of " + length);
    }
    byte[] text = object.readNBytes(length);
    try {
      Label label = Wire.read(text, Label.class);
      boolean known = label.format() == (label.encryption() == null ? 1 : 2);
      if (known && Arrays.equals(Wire.bytes(label), text)) {
        return label;
      }
    } catch (UncheckedIOException | IllegalArgumentException notALabel) {
      throw damaged(key, "its label cannot be read");
    }
    throw damaged(key, "its label is not as it was written");
  }

  /**
   * Reads an object to its end and holds what lies behind the label against it.
   *
   * @throws JobFailure WAL_DAMAGED when it has other bytes
   */
  public static Label confirm(String key, InputStream object) throws IOException {
    Label label = label(key, object);
    MessageDigest digest = sha256();
    long bytes = 0;
    byte[] chunk = new byte[HEAD_BYTES];
    for (int n = object.read(chunk); n >= 0; n = object.read(chunk)) {
      digest.update(chunk, 0, n);
      bytes += n;
    }
    if (bytes != label.stored().bytes() || !hex(digest).equals(label.stored().sha256())) {
      throw damaged(key, "its " + bytes + " stored bytes are not those of its label");
    }
    return label;
  }

  /**
   * The file in an object, every byte of both held against the label.
   *
   * @throws JobFailure WAL_DAMAGED when anything differs; NOT_AUTHENTIC when no worker with the key
   *     wrote it; KEY_UNAVAILABLE, KEY_REFUSED
   */
  public static byte[] decode(
      String key,
      WalLayout layout,
      WalFileName file,
      InputStream object,
      Function<Encryption, Seal> seals)
      throws IOException {
    Label label = label(key, object);
    requireOf(key, layout, file.toString(), label);
    Seal seal = seals.apply(label.encryption());
    seal.refusesSignature(Wire.bytes(label.signed(null)), label.signature())
        .ifPresent(
            because -> {
              throw new JobFailure(
                  ErrorCode.NOT_AUTHENTIC,
                  "the label of '" + key + "' is not believed: " + because,
                  "Somebody who may write to the repository changed it; restore the object from a"
                      + " copy.");
            });
    if (label.stored().bytes() > Integer.MAX_VALUE - 8 || label.plain().bytes() > (1L << 30)) {
      throw damaged(key, "its label names impossible sizes");
    }
    byte[] body = object.readNBytes((int) label.stored().bytes() + 1);
    if (body.length != label.stored().bytes()
        || !hex(sha256(body)).equals(label.stored().sha256())) {
      throw damaged(key, "its " + body.length + " stored bytes are not those of its label");
    }
    byte[] plain;
    try {
      plain = Zstd.decompress(opened(key, body, seal), (int) label.plain().bytes());
    } catch (ZstdException e) {
      throw damaged(key, "it cannot be decompressed");
    }
    if (plain.length != label.plain().bytes()
        || !seal.blind(sha256(plain)).equals(label.plain().sha256())) {
      throw damaged(key, "its content is not that of its label");
    }
    return plain;
  }

  private static byte[] opened(String key, byte[] body, Seal seal) {
    try (InputStream in = seal.decoder(key, new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw damaged(key, e.getMessage());
    }
  }

  private static void requireOf(String key, WalLayout layout, String file, Label label) {
    if (!label.file().equals(file)
        || !label.cluster().equals(layout.cluster())
        || !label.systemIdentifier().equals(layout.systemIdentifier())) {
      throw damaged(
          key,
          "it is " + label.file() + " of cluster '" + label.cluster() + "', put in this place");
    }
  }

  private static JobFailure damaged(String key, String why) {
    return new JobFailure(
        ErrorCode.WAL_DAMAGED,
        "'" + key + "' is damaged: " + why,
        "Restore this object from a copy of the repository; without it no recovery gets past it.");
  }

  private static byte[] sha256(byte[] bytes) {
    return sha256().digest(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hex(MessageDigest digest) {
    return hex(digest.digest());
  }

  private static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }
}
