package io.holdfast.model.repository;

import io.holdfast.model.ResourceName;
import io.holdfast.model.SecretRef;

/**
 * @param endpoint {@code http(s)://host[:port]} of any S3 server
 * @param region null means {@code us-east-1}
 * @param prefix key prefix without leading or trailing slash; may be empty
 */
public record S3RepositorySpec(
    String name,
    String endpoint,
    String region,
    String bucket,
    String prefix,
    SecretRef credentialsRef)
    implements RepositorySpec {
  public S3RepositorySpec {
    ResourceName.check("repository name", name);
    region = region == null ? "us-east-1" : region;
    prefix = prefix == null ? "" : prefix;
  }
}
