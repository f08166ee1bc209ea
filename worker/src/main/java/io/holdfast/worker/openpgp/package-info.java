/**
 * OpenPGP as {@code gpg} 2.2 reads and writes it: keys from files, messages, detached signatures.
 * BouncyCastle is known here and nowhere else.
 */
package io.holdfast.worker.openpgp;
