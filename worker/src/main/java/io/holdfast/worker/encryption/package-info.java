/**
 * Encryption of objects between the compressor and the repository, and back. Knows keys and the
 * repository's wrapped forms of them, nothing of what the objects mean.
 */
package io.holdfast.worker.encryption;
