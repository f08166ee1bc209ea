package io.holdfast.worker.encryption;

import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.worker.codec.Encoder;
import io.holdfast.worker.codec.Encoders;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.Optional;

/** No encryption. */
enum Unsealed implements Seal {
  INSTANCE;

  private static final CompressionSpec AS_IT_IS =
      new CompressionSpec(Codec.NONE, null, null, CompressionSpec.Where.WORKER);

  @Override
  public Encryption describe() {
    return null;
  }

  @Override
  public String suffix() {
    return "";
  }

  @Override
  public Encoder encoder(String key, OutputStream target) throws IOException {
    return Encoders.open(AS_IT_IS, target);
  }

  @Override
  public InputStream decoder(String key, InputStream stored) {
    return stored;
  }

  @Override
  public void requireReadable() {}

  @Override
  public String blind(byte[] sha256) {
    return HexFormat.of().formatHex(sha256);
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
    return false;
  }

  @Override
  public Optional<Voucher> vouch(byte[] manifest) {
    return Optional.empty();
  }

  @Override
  public Optional<String> refuses(byte[] manifest, byte[] voucher) {
    return Optional.empty();
  }
}
