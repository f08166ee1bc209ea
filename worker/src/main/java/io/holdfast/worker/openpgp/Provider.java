package io.holdfast.worker.openpgp;

import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * BouncyCastle's own algorithms, for keys: the JDK lacks some that gpg makes. Not registered in the
 * JVM, and not used for data, where the JDK's are faster.
 */
final class Provider {
  static final java.security.Provider KEYS = new BouncyCastleProvider();

  private Provider() {}
}
