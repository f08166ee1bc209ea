package io.holdfast.model.repository;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Where backups live. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = S3RepositorySpec.class, name = "S3"),
  @JsonSubTypes.Type(value = FilesystemRepositorySpec.class, name = "FILESYSTEM")
})
public sealed interface RepositorySpec permits S3RepositorySpec, FilesystemRepositorySpec {
  /** The declared name, for messages. */
  String name();
}
