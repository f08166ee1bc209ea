package io.holdfast.worker.envelope;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * The first {@value #BYTES} bytes of a sealed object: {@code HOLDFAST}, version, plain bytes of a
 * frame, id of the data key, salt. Integers are big-endian.
 */
record SealedHeader(int frameBytes, UUID dataKeyId, byte[] salt) {
  static final int BYTES = 64;
  static final int VERSION = 1;
  static final int SALT_BYTES = 32;

  /**
   * Small, although each costs a tag: the JVM compiles AES-GCM to the processor's instructions only
   * after thousands of calls. Frames of 1 MiB go at 80 MB/s for the first gigabytes, these at more
   * than 1 GB/s after 40 MB.
   */
  static final int FRAME_BYTES = 64 * 1024;

  private static final int LARGEST_FRAME_BYTES = 64 * 1024 * 1024;
  private static final byte[] MAGIC = "HOLDFAST".getBytes(StandardCharsets.US_ASCII);

  static SealedHeader fresh(DataKey key) {
    return new SealedHeader(FRAME_BYTES, key.id(), DataKey.randomBytes(SALT_BYTES));
  }

  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .put(MAGIC)
        .putInt(VERSION)
        .putInt(frameBytes)
        .putLong(dataKeyId.getMostSignificantBits())
        .putLong(dataKeyId.getLeastSignificantBits())
        .put(salt)
        .array();
  }

  /**
   * @throws IOException when the stream does not begin with one
   */
  static SealedHeader read(InputStream sealed) throws IOException {
    byte[] bytes = sealed.readNBytes(BYTES);
    if (bytes.length < BYTES || !Arrays.equals(MAGIC, 0, 8, bytes, 0, 8)) {
      throw new IOException("it does not begin like a sealed object");
    }
    ByteBuffer fields = ByteBuffer.wrap(bytes, MAGIC.length, BYTES - MAGIC.length);
    int version = fields.getInt();
    if (version != VERSION) {
      throw new IOException("it is sealed in version " + version + ", this reads " + VERSION);
    }
    int frameBytes = fields.getInt();
    if (frameBytes < 1 || frameBytes > LARGEST_FRAME_BYTES) {
      throw new IOException("it names frames of " + frameBytes + " bytes");
    }
    UUID id = new UUID(fields.getLong(), fields.getLong());
    byte[] salt = new byte[SALT_BYTES];
    fields.get(salt);
    return new SealedHeader(frameBytes, id, salt);
  }
}
