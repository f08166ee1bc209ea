package io.holdfast.model.repository;

import io.holdfast.model.ResourceName;

/**
 * @param path absolute directory on every worker of the pool, below a root the worker allows
 */
public record FilesystemRepositorySpec(String name, String path) implements RepositorySpec {
  public FilesystemRepositorySpec {
    ResourceName.check("repository name", name);
  }
}
