/**
 * Bytes on their way: source, meter, compression, encryption, meter, staged object; and back. Knows
 * nothing of what the bytes mean.
 */
package io.holdfast.worker.transfer;
