package io.holdfast.worker.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedFormatTest {
  private static final String OBJECT = "clusters/orders/backups/b/r/base.tar.zst.sealed";
  private static final int FRAME = SealedHeader.FRAME_BYTES;
  private static final int SEALED_FRAME = FRAME + Frames.TAG_BYTES;

  private final DataKey key = DataKey.random();
  private final Random random = new Random(11);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_537, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 7})
  void opensWhatItSealed(int length) throws IOException {
    byte[] plain = bytes(length);

    byte[] sealed = seal(plain);

    int frames = Math.max(1, (length + FRAME - 1) / FRAME);
    assertThat(sealed).hasSize(SealedHeader.BYTES + length + frames * Frames.TAG_BYTES);
    assertThat(open(sealed)).isEqualTo(plain);
  }

  @Test
  void neverSealsTheSameTwice() throws IOException {
    assertThat(seal(bytes(1000))).isNotEqualTo(seal(bytes(1000)));
  }

  @Test
  void findsAFlippedBitAnywhere() throws IOException {
    byte[] sealed = seal(bytes(FRAME + 5000));
    for (int i = 0; i < 300; i++) {
      byte[] bad = sealed.clone();
      int at = i < 8 * SealedHeader.BYTES / 4 ? i / 2 : random.nextInt(bad.length);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      assertRefused(bad);
    }
  }

  @Test
  void findsACutWhereverItIs() throws IOException {
    byte[] sealed = seal(bytes(2 * FRAME));
    assertRefused(Arrays.copyOf(sealed, 0));
    assertRefused(Arrays.copyOf(sealed, SealedHeader.BYTES - 1));
    assertRefused(Arrays.copyOf(sealed, SealedHeader.BYTES));
    assertRefused(Arrays.copyOf(sealed, SealedHeader.BYTES + SEALED_FRAME));
    assertRefused(Arrays.copyOf(sealed, sealed.length - 1));
    for (int i = 0; i < 50; i++) {
      assertRefused(Arrays.copyOf(sealed, random.nextInt(sealed.length)));
    }
  }

  @Test
  void findsWhatWasAppended() throws IOException {
    byte[] sealed = seal(bytes(FRAME));
    assertRefused(join(sealed, new byte[1]));
    assertRefused(join(sealed, bytes(SEALED_FRAME)));
    assertRefused(join(sealed, Arrays.copyOfRange(sealed, SealedHeader.BYTES, sealed.length)));
  }

  @Test
  void findsFramesThatChangedPlaces() throws IOException {
    byte[] sealed = seal(bytes(3 * FRAME));
    byte[] swapped = sealed.clone();
    System.arraycopy(
        sealed, SealedHeader.BYTES, swapped, SealedHeader.BYTES + SEALED_FRAME, SEALED_FRAME);
    System.arraycopy(
        sealed, SealedHeader.BYTES + SEALED_FRAME, swapped, SealedHeader.BYTES, SEALED_FRAME);
    assertRefused(swapped);
  }

  @Test
  void opensNothingUnderAnotherName() throws IOException {
    byte[] sealed = seal(bytes(100));
    assertThatThrownBy(
            () ->
                new SealedInput(
                        key, OBJECT.replace("orders", "orderz"), new ByteArrayInputStream(sealed))
                    .readAllBytes())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("put here from elsewhere");
  }

  @Test
  void saysWhichDataKeyItWouldNeed() throws IOException {
    byte[] sealed = seal(bytes(100));
    DataKey other = DataKey.random();
    assertThatThrownBy(() -> new SealedInput(other, OBJECT, new ByteArrayInputStream(sealed)))
        .isInstanceOf(IOException.class)
        .hasMessage("it is sealed with data key " + key.id() + ", not with " + other.id());
  }

  @Test
  void anUnfinishedObjectIsTruncated() throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try (SealedOutput output = new SealedOutput(key, OBJECT, target)) {
      output.write(bytes(3 * FRAME));
    }
    assertRefused(target.toByteArray());
  }

  @Test
  void givesNoByteOfADamagedFrame() throws IOException {
    byte[] sealed = seal(bytes(FRAME + 10));
    sealed[sealed.length - 1] ^= 1;
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    assertThatThrownBy(
            () -> new SealedInput(key, OBJECT, new ByteArrayInputStream(sealed)).transferTo(seen))
        .isInstanceOf(IOException.class);
    assertThat(seen.size()).isEqualTo(FRAME);
  }

  @Test
  void unwrapsForTheSameFolderAndIdOnly() throws Exception {
    KeyWrap wrap = KeyWrap.parse("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    byte[] wrapped = wrap.wrap(key, "clusters/orders/backups/b/r");

    assertThat(wrap.unwrap(wrapped, "clusters/orders/backups/b/r", key.id()).secret())
        .isEqualTo(key.secret());
    assertThatThrownBy(() -> wrap.unwrap(wrapped, "clusters/orders/backups/b/s", key.id()))
        .isInstanceOf(AEADBadTagException.class);
    assertThatThrownBy(
            () -> wrap.unwrap(wrapped, "clusters/orders/backups/b/r", DataKey.random().id()))
        .isInstanceOf(AEADBadTagException.class);
    KeyWrap other = KeyWrap.parse("MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    assertThat(other.fingerprint()).isNotEqualTo(wrap.fingerprint());
    assertThatThrownBy(() -> other.unwrap(wrapped, "clusters/orders/backups/b/r", key.id()))
        .isInstanceOf(AEADBadTagException.class);
  }

  @Test
  void saysNothingOfAKeyThatCannotBeRead() {
    assertThatThrownBy(() -> KeyWrap.parse("c2hvcnQ=")).hasMessage("it has 5 bytes, not 32");
    assertThatThrownBy(() -> KeyWrap.parse("not base64!"))
        .hasMessage("it is not Base64")
        .hasNoCause();
  }

  private void assertRefused(byte[] sealed) {
    assertThatThrownBy(() -> open(sealed)).isInstanceOf(IOException.class);
  }

  private byte[] seal(byte[] plain) throws IOException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try (SealedOutput output = new SealedOutput(key, OBJECT, target)) {
      for (int at = 0; at < plain.length; ) {
        int step = Math.min(plain.length - at, 1 + random.nextInt(300_000));
        output.write(plain, at, step);
        at += step;
      }
      output.finish();
    }
    return target.toByteArray();
  }

  private byte[] open(byte[] sealed) throws IOException {
    return new SealedInput(key, OBJECT, new ByteArrayInputStream(sealed)).readAllBytes();
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
