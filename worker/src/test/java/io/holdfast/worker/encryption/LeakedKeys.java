package io.holdfast.worker.encryption;

import io.holdfast.embedded.gpg.GnuPg;
import io.holdfast.model.SecretRef;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.worker.encryption.EncryptedCluster.Worker;
import java.io.IOException;
import java.util.List;

/**
 * A cluster whose keys have leaked, the keys that follow on them, and workers with some of both.
 */
final class LeakedKeys implements AutoCloseable {
  static final EncryptionSpec LEAKED = new EncryptionSpec.Envelope(ref("leaked"));
  static final EncryptionSpec FRESH = new EncryptionSpec.Envelope(ref("fresh"));
  static final EncryptionSpec TO_AUDITOR = openPgp("auditor");
  static final EncryptionSpec TO_SUCCESSOR = openPgp("successor");

  final EncryptedCluster cluster = new EncryptedCluster();

  /** Has every key, and is the only one that signs. */
  final Worker both;

  final Worker oldKeys;
  final Worker newKeys;

  /** Has no envelope key and no secret half but the signer's. */
  final Worker publicKeys;

  private final GnuPg gpg = new GnuPg();

  LeakedKeys() throws IOException {
    for (String name : List.of("auditor", "successor", "signer")) {
      gpg.generate(name, "", "never");
    }
    Keys keys = cluster.keys().envelope("leaked").envelope("fresh");
    both =
        cluster.worker(
            keys.secret("auditor", gpg, "", false)
                .secret("successor", gpg, "", false)
                .secret("signer", gpg, "", true));
    oldKeys =
        cluster.worker(
            cluster
                .keys()
                .envelopeFile("leaked", keys.file("leaked"))
                .secret("auditor", gpg, "", false)
                .believed("signer", gpg));
    newKeys =
        cluster.worker(
            cluster
                .keys()
                .envelopeFile("fresh", keys.file("fresh"))
                .secret("successor", gpg, "", false)
                .believed("signer", gpg));
    publicKeys =
        cluster.worker(
            cluster
                .keys()
                .recipient("auditor", gpg)
                .recipient("successor", gpg)
                .secret("signer", gpg, "", true));
  }

  @Override
  public void close() {
    gpg.close();
    cluster.close();
  }

  private static EncryptionSpec openPgp(String recipient) {
    return new EncryptionSpec.OpenPgp(List.of(ref(recipient)), ref("signer"));
  }

  private static SecretRef ref(String name) {
    return new SecretRef(name);
  }
}
