package io.holdfast.worker.transfer;

/**
 * Watches the plain bytes of a transfer as they pass. May throw to end the transfer. Called by one
 * thread, which need not be the caller's, and never again once the transfer has returned.
 */
public interface Tap {
  /** The next bytes; the array is reused after the call. */
  void bytes(byte[] buffer, int offset, int length);

  /** The stream ended in order; the last chance to refuse what was seen. */
  void end();
}
