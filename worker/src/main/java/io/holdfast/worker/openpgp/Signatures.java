package io.holdfast.worker.openpgp;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.openpgp.OpenPgpKeys.Signer;
import io.holdfast.worker.openpgp.OpenPgpKeys.Trusted;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.jcajce.JcaPGPObjectFactory;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentVerifierBuilderProvider;

/** Detached signatures, as {@code gpg --verify} checks them. */
public final class Signatures {
  private Signatures() {}

  public static byte[] sign(Signer signer, byte[] document) {
    try {
      PGPSignatureGenerator generator =
          new PGPSignatureGenerator(
              new JcaPGPContentSignerBuilder(signer.key().getAlgorithm(), HashAlgorithmTags.SHA512)
                  .setProvider(Provider.KEYS),
              signer.key());
      generator.init(PGPSignature.BINARY_DOCUMENT, signer.secret());
      PGPSignatureSubpacketGenerator packets = new PGPSignatureSubpacketGenerator();
      packets.setIssuerFingerprint(false, signer.key());
      generator.setHashedSubpackets(packets.generate());
      generator.update(document);
      return generator.generate().getEncoded();
    } catch (PGPException | IOException e) {
      throw new JobFailure(
          ErrorCode.KEY_REFUSED,
          "OpenPGP key '" + signer.name() + "' does not sign: " + e.getMessage(),
          "Name another signer.",
          e);
    }
  }

  /**
   * @param fingerprint of the whole key that must have signed
   * @return why the signature does not prove the document; empty when it does
   */
  public static Optional<String> refuses(
      OpenPgpKeys keys, String fingerprint, byte[] document, byte[] signature) {
    try {
      Object first = new JcaPGPObjectFactory(new ByteArrayInputStream(signature)).nextObject();
      if (!(first instanceof PGPSignatureList list)
          || list.size() != 1
          || !Arrays.equals(list.get(0).getEncoded(), signature)) {
        return Optional.of("there is no signature");
      }
      PGPSignature one = list.get(0);
      Optional<Trusted> trusted = keys.trusted(one.getKeyID());
      if (trusted.isEmpty()
          || !OpenPgpKeys.fingerprint(trusted.get().ring().getPublicKey()).equals(fingerprint)) {
        return Optional.of("its signer is none that this worker believes");
      }
      if (trusted.get().revoked()) {
        return Optional.of("its signer's key '" + trusted.get().name() + "' is revoked");
      }
      one.init(
          new JcaPGPContentVerifierBuilderProvider().setProvider(Provider.KEYS),
          trusted.get().key());
      one.update(document);
      return one.getSignatureType() == PGPSignature.BINARY_DOCUMENT && one.verify()
          ? Optional.empty()
          : Optional.of("its signature is of something else");
    } catch (PGPException | IOException | RuntimeException e) {
      if (e instanceof JobFailure failure) {
        throw failure;
      }
      return Optional.of("its signature cannot be read");
    }
  }
}
