package io.holdfast.worker.secret;

/**
 * Where a key-encryption key is kept. Exactly one of these is given.
 *
 * @param file one line, 32 bytes in Base64
 * @param environment the variable that holds the same
 */
public record EnvelopeKey(String file, String environment) {
  int given() {
    return (file == null ? 0 : 1) + (environment == null ? 0 : 1);
  }
}
