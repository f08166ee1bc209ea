package io.holdfast.worker.encryption;

import io.holdfast.model.manifest.Encryption;
import io.holdfast.worker.codec.Encoder;
import io.holdfast.worker.envelope.DataKey;
import io.holdfast.worker.envelope.SealedInput;
import io.holdfast.worker.envelope.SealedOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Encryption with a data key. */
record EnvelopeSeal(DataKey key) implements Seal {
  static final String SUFFIX = ".sealed";
  static final String VOUCHER = "manifest.mac";

  @Override
  public Encryption describe() {
    return Encryption.envelope(key.id().toString());
  }

  @Override
  public String suffix() {
    return SUFFIX;
  }

  @Override
  public Encoder encoder(String object, OutputStream target) throws IOException {
    return new Sealing(new SealedOutput(key, object, target));
  }

  @Override
  public InputStream decoder(String object, InputStream stored) throws IOException {
    return new SealedInput(key, object, stored);
  }

  @Override
  public void requireReadable() {}

  @Override
  public String blind(byte[] sha256) {
    return key.blind(sha256);
  }

  @Override
  public byte[] sign(byte[] document) {
    return null;
  }

  @Override
  public Optional<String> refusesSignature(byte[] document, byte[] signature) {
    return Optional.empty();
  }

  @Override
  public boolean authenticates() {
    return true;
  }

  @Override
  public Optional<Voucher> vouch(byte[] manifest) {
    String line = key.vouch(manifest) + "\n";
    return Optional.of(new Voucher(VOUCHER, line.getBytes(StandardCharsets.US_ASCII)));
  }

  @Override
  public Optional<String> refuses(byte[] manifest, byte[] voucher) {
    if (voucher == null) {
      return Optional.of("there is no " + VOUCHER + " for it");
    }
    String line = new String(voucher, StandardCharsets.ISO_8859_1);
    return line.endsWith("\n") && key.vouched(manifest, line.substring(0, line.length() - 1))
        ? Optional.empty()
        : Optional.of(VOUCHER + " is not what data key " + key.id() + " says of it");
  }

  private static final class Sealing extends Encoder {
    private final SealedOutput output;

    Sealing(SealedOutput output) {
      this.output = output;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      output.write(bytes, offset, length);
    }

    @Override
    public void finish() throws IOException {
      output.finish();
    }

    @Override
    public void close() {
      output.close();
    }
  }
}
