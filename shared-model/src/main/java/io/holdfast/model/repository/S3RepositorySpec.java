package io.holdfast.model.repository;

import io.holdfast.model.ResourceName;
import io.holdfast.model.SecretRef;
import java.time.Duration;

/**
 * @param endpoint {@code http(s)://host[:port]} of any S3 server
 * @param region null means {@code us-east-1}
 * @param prefix key prefix without leading or trailing slash; may be empty
 * @param storageClass of a backup's objects, in the store's words; manifests, other documents and
 *     WAL are always in the store's own. null: everything is
 * @param objectLock null: objects can be removed as soon as they are written
 * @param serverEncryption null: as the bucket is set up
 */
public record S3RepositorySpec(
    String name,
    String endpoint,
    String region,
    String bucket,
    String prefix,
    SecretRef credentialsRef,
    String storageClass,
    ObjectLock objectLock,
    ServerEncryption serverEncryption)
    implements RepositorySpec {
  public S3RepositorySpec {
    ResourceName.check("repository name", name);
    region = region == null ? "us-east-1" : region;
    prefix = prefix == null ? "" : prefix;
  }

  /** Encrypted by the store as the bucket is set up. */
  public S3RepositorySpec(
      String name,
      String endpoint,
      String region,
      String bucket,
      String prefix,
      SecretRef credentialsRef,
      String storageClass,
      ObjectLock objectLock) {
    this(name, endpoint, region, bucket, prefix, credentialsRef, storageClass, objectLock, null);
  }

  /** In the store's own storage class, without a lock. */
  public S3RepositorySpec(
      String name,
      String endpoint,
      String region,
      String bucket,
      String prefix,
      SecretRef credentialsRef) {
    this(name, endpoint, region, bucket, prefix, credentialsRef, null, null);
  }

  /** The same place, for objects of a storage class. */
  public S3RepositorySpec inClass(String storageClass) {
    return new S3RepositorySpec(
        name,
        endpoint,
        region,
        bucket,
        prefix,
        credentialsRef,
        storageClass,
        objectLock,
        serverEncryption);
  }

  /**
   * The same place, for the objects of one cluster.
   *
   * @param least how long its retention keeps everything at the least
   */
  public S3RepositorySpec lockedFor(Duration least) {
    if (objectLock == null || objectLock.retainFor() != null) {
      return this;
    }
    Duration retainFor = least.compareTo(ObjectLock.LONGEST) > 0 ? ObjectLock.LONGEST : least;
    return new S3RepositorySpec(
        name,
        endpoint,
        region,
        bucket,
        prefix,
        credentialsRef,
        storageClass,
        new ObjectLock(objectLock.mode(), retainFor),
        serverEncryption);
  }
}
