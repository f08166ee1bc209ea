package io.holdfast.api.kit;

import io.holdfast.api.kit.Kit.Facts;
import io.holdfast.api.kit.Kit.Part;
import io.holdfast.api.kit.Kit.Sentence;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.model.manifest.Manifest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which keys a backup needs, by name and fingerprint. */
final class KitKeys {
  private KitKeys() {}

  static List<Part> of(Manifest manifest) {
    Encryption encryption = manifest.encryption();
    if (encryption == null) {
      return List.of(
          new Sentence("Backup " + manifest.backupId() + " is not encrypted: no key is needed."));
    }
    Map<String, String> rows = new LinkedHashMap<>();
    return switch (encryption.type()) {
      case OPENPGP -> {
        encryption
            .keys()
            .forEach(key -> rows.put("OpenPGP key '" + key.name() + "'", key.fingerprint()));
        if (encryption.signer() != null) {
          rows.put(
              "Signed by '" + encryption.signer().name() + "'", encryption.signer().fingerprint());
        }
        yield List.of(
            new Sentence(
                "Backup "
                    + manifest.backupId()
                    + " is encrypted with OpenPGP. The private key of any one of these is enough, in"
                    + " the keyring of gpg, and the signer's public key to tell who wrote it:"),
            new Facts(rows));
      }
      case ENVELOPE -> {
        rows.put("Data key", encryption.dataKeyId());
        yield List.of(
            new Sentence(
                "Backup "
                    + manifest.backupId()
                    + " is encrypted with a data key that lies wrapped beside its objects; each"
                    + " wrapped form names the key-encryption key that opens it. Set KEY to the file"
                    + " of that key, and UNSEAL to worker-<version>-unseal.jar, which runs with"
                    + " java 21 or later."),
            new Facts(rows));
      }
    };
  }
}
