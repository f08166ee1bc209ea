package io.holdfast.worker.openpgp;

import io.holdfast.worker.codec.Encoder;
import io.holdfast.worker.openpgp.OpenPgpKeys.Recipient;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.operator.jcajce.JcePGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcePublicKeyKeyEncryptionMethodGenerator;

/**
 * One OpenPGP message, AES-256 with integrity protection (SEIPD version 1, which every gpg since
 * 1.0.4 reads), not compressed once more.
 */
public final class MessageEncoder extends Encoder {
  private static final int PACKET_BYTES = 64 * 1024; // of a partial length; a power of two

  private final PGPEncryptedDataGenerator encrypted;
  private final PGPLiteralDataGenerator literal = new PGPLiteralDataGenerator();
  private final OutputStream outer;
  private final OutputStream inner;

  /**
   * @param target not closed
   */
  public MessageEncoder(List<Recipient> recipients, OutputStream target) throws IOException {
    this.encrypted =
        new PGPEncryptedDataGenerator(
            new JcePGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256)
                .setWithIntegrityPacket(true));
    recipients.forEach(
        recipient ->
            encrypted.addMethod(
                new JcePublicKeyKeyEncryptionMethodGenerator(recipient.key())
                    .setProvider(Provider.KEYS)));
    try {
      this.outer = encrypted.open(target, new byte[PACKET_BYTES]);
    } catch (PGPException e) {
      throw new IOException("encrypting failed: " + e.getMessage(), e);
    }
    this.inner =
        literal.open(outer, PGPLiteralData.BINARY, "", PGPLiteralData.NOW, new byte[PACKET_BYTES]);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    inner.write(bytes, offset, length);
  }

  @Override
  public void finish() throws IOException {
    inner.close();
    outer.close();
  }

  @Override
  public void close() {
    // Holds heap memory only; closing the packets would write their ends.
  }
}
