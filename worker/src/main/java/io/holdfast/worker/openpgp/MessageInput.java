package io.holdfast.worker.openpgp;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.bouncycastle.openpgp.PGPEncryptedData;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKeyEncryptedData;
import org.bouncycastle.openpgp.jcajce.JcaPGPObjectFactory;
import org.bouncycastle.openpgp.operator.jcajce.JcePublicKeyDataDecryptorFactoryBuilder;

/**
 * The plain bytes of an OpenPGP message. Its integrity is known at its end only: a reader that has
 * not seen the end has seen nothing proven.
 */
public final class MessageInput extends InputStream {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final InputStream stored;
  private final PGPPublicKeyEncryptedData encrypted;
  private final InputStream plain;
  private boolean ended;

  /**
   * @param stored closed with this stream
   * @throws IOException when it is no message
   * @throws JobFailure KEY_UNAVAILABLE when this worker has no key that it is encrypted to
   */
  public MessageInput(OpenPgpKeys keys, InputStream stored) throws IOException {
    this.stored = stored;
    try {
      Object first =
          new JcaPGPObjectFactory(new BufferedInputStream(stored, BUFFER_BYTES)).nextObject();
      if (!(first instanceof PGPEncryptedDataList list)) {
        throw new IOException("it is no encrypted OpenPGP message");
      }
      Readable readable = readable(keys, list);
      this.encrypted = readable.data();
      InputStream packets =
          encrypted.getDataStream(
              new JcePublicKeyDataDecryptorFactoryBuilder()
                  .setProvider(Provider.KEYS)
                  .setContentProvider("SunJCE")
                  .build(readable.key()));
      if (!(new JcaPGPObjectFactory(packets).nextObject() instanceof PGPLiteralData literal)) {
        throw new IOException("the OpenPGP message holds no literal data");
      }
      this.plain = literal.getInputStream();
    } catch (PGPException | IllegalStateException | IllegalArgumentException e) {
      throw new IOException("the OpenPGP message cannot be decrypted: " + e.getMessage(), e);
    }
  }

  private record Readable(PGPPublicKeyEncryptedData data, PGPPrivateKey key) {}

  private static Readable readable(OpenPgpKeys keys, PGPEncryptedDataList list) {
    for (PGPEncryptedData data : list) {
      if (data instanceof PGPPublicKeyEncryptedData to) {
        Optional<PGPPrivateKey> key = keys.secret(to.getKeyIdentifier().getKeyId());
        if (key.isPresent()) {
          return new Readable(to, key.get());
        }
      }
    }
    throw new JobFailure(
        ErrorCode.KEY_UNAVAILABLE,
        "this worker has no secret key that it is encrypted to",
        "Restore on a worker that has one in keys.openPgp of its credentials file.");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (ended) {
      return -1;
    }
    try {
      int n = plain.read(buffer, offset, length);
      if (n < 0) {
        requireWhole();
        ended = true;
      }
      return n;
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new IOException("the OpenPGP message is damaged: " + e.getMessage(), e);
    }
  }

  private void requireWhole() throws IOException {
    try {
      if (!encrypted.isIntegrityProtected() || !encrypted.verify()) {
        throw new IOException("the OpenPGP message was changed: its integrity check fails");
      }
    } catch (PGPException e) {
      throw new IOException("the OpenPGP message is damaged: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    stored.close();
  }
}
