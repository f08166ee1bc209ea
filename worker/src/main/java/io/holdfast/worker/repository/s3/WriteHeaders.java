package io.holdfast.worker.repository.s3;

import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.model.repository.ServerEncryption;
import io.minio.Http;
import java.time.Clock;

/**
 * What is said with the writing of an object: how the store encrypts it, how long it is locked, and
 * of which class it is.
 *
 * @param storageClass null: the bucket's
 * @param encryption null: the bucket's
 */
record WriteHeaders(String storageClass, LockHeaders lock, ServerEncryption encryption) {
  private static final String SERVER_ENCRYPTION = "x-amz-server-side-encryption";
  private static final String STORAGE_CLASS = "x-amz-storage-class";

  /**
   * @param clock that locks run by
   */
  static WriteHeaders of(S3RepositorySpec spec, Clock clock) {
    return new WriteHeaders(
        spec.storageClass(), new LockHeaders(spec.objectLock(), clock), spec.serverEncryption());
  }

  /** The same, and nothing is locked. */
  WriteHeaders unlocked() {
    return new WriteHeaders(storageClass, LockHeaders.NONE, encryption);
  }

  /** These headers, and what every object is written with. */
  Http.Headers with(Http.Headers headers) {
    if (encryption != null) {
      boolean kms = encryption.mode() == ServerEncryption.Mode.KMS;
      headers.set(SERVER_ENCRYPTION, kms ? "aws:kms" : "AES256");
      if (encryption.keyId() != null) {
        headers.set(SERVER_ENCRYPTION + "-aws-kms-key-id", encryption.keyId());
      }
    }
    return lock.with(headers);
  }

  /** As {@link #with}, in the repository's storage class. */
  Http.Headers withClass(Http.Headers headers) {
    if (storageClass != null) {
      headers.set(STORAGE_CLASS, storageClass);
    }
    return with(headers);
  }
}
