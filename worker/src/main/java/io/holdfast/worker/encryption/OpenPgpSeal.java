package io.holdfast.worker.encryption;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.worker.codec.Encoder;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.openpgp.MessageEncoder;
import io.holdfast.worker.openpgp.MessageInput;
import io.holdfast.worker.openpgp.OpenPgpKeys;
import io.holdfast.worker.openpgp.OpenPgpKeys.Recipient;
import io.holdfast.worker.openpgp.OpenPgpKeys.Signer;
import io.holdfast.worker.openpgp.Signatures;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * OpenPGP messages, one an object.
 *
 * @param keys of the worker
 * @param recipients empty in the hands of a reader
 * @param signer null in the hands of a reader
 */
record OpenPgpSeal(Encryption describe, OpenPgpKeys keys, List<Recipient> recipients, Signer signer)
    implements Seal {
  private static final String SUFFIX = ".gpg";
  static final String VOUCHER = "manifest.json.sig";

  static OpenPgpSeal writing(OpenPgpKeys keys, List<Recipient> recipients, Signer signer) {
    return new OpenPgpSeal(
        Encryption.openPgp(
            recipients.stream()
                .map(one -> new Encryption.Key(one.name(), one.fingerprint()))
                .toList(),
            new Encryption.Key(signer.name(), signer.fingerprint())),
        keys,
        recipients,
        signer);
  }

  static OpenPgpSeal reading(OpenPgpKeys keys, Encryption encryption) {
    return new OpenPgpSeal(encryption, keys, List.of(), null);
  }

  @Override
  public String suffix() {
    return SUFFIX;
  }

  @Override
  public Encoder encoder(String key, OutputStream target) throws IOException {
    return new MessageEncoder(recipients, target);
  }

  @Override
  public InputStream decoder(String key, InputStream stored) throws IOException {
    return new MessageInput(keys, stored);
  }

  @Override
  public void requireReadable() {
    keys.requireSecretOf(describe.keys().stream().map(Encryption.Key::fingerprint).toList());
  }

  @Override
  public Optional<Voucher> vouch(byte[] manifest) {
    byte[] signature = Signatures.sign(signer, manifest);
    refuses(manifest, signature)
        .ifPresent(
            because -> {
              throw new JobFailure(
                  ErrorCode.KEY_REFUSED,
                  "this worker does not believe what it signed itself: " + because,
                  "Look at keys.openPgp." + signer.name() + " in the worker's credentials file.");
            });
    return Optional.of(new Voucher(VOUCHER, signature));
  }

  @Override
  public String blind(byte[] sha256) {
    return HexFormat.of().formatHex(sha256);
  }

  @Override
  public byte[] sign(byte[] document) {
    return Signatures.sign(signer, document);
  }

  @Override
  public Optional<String> refusesSignature(byte[] document, byte[] signature) {
    return signature == null
        ? Optional.of("it is not signed")
        : Signatures.refuses(keys, describe.signer().fingerprint(), document, signature);
  }

  @Override
  public boolean authenticates() {
    return true;
  }

  @Override
  public Optional<String> refuses(byte[] manifest, byte[] voucher) {
    return voucher == null
        ? Optional.of("there is no " + VOUCHER + " for it")
        : Signatures.refuses(keys, describe.signer().fingerprint(), manifest, voucher);
  }
}
