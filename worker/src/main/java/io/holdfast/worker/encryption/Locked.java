package io.holdfast.worker.encryption;

import io.holdfast.model.manifest.Encryption;
import io.holdfast.worker.codec.Encoder;
import io.holdfast.worker.failure.JobFailure;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * What this worker has no key for: stored bytes can be compared with a manifest, and nothing else.
 */
record Locked(Encryption describe, JobFailure because) implements Seal {
  @Override
  public String suffix() {
    throw because;
  }

  @Override
  public Encoder encoder(String key, OutputStream target) {
    throw because;
  }

  @Override
  public InputStream decoder(String key, InputStream stored) {
    throw because;
  }

  @Override
  public void requireReadable() {
    throw because;
  }

  @Override
  public Optional<Voucher> vouch(byte[] manifest) {
    throw because;
  }

  @Override
  public Optional<String> refuses(byte[] manifest, byte[] voucher) {
    return Optional.empty();
  }

  @Override
  public String blind(byte[] sha256) {
    throw because;
  }

  @Override
  public byte[] sign(byte[] document) {
    throw because;
  }

  @Override
  public Optional<String> refusesSignature(byte[] document, byte[] signature) {
    throw because;
  }

  @Override
  public boolean authenticates() {
    return false;
  }
}
