package io.holdfast.api.repository;

/** Something that refers to repositories and so keeps them from being deleted. */
public interface RepositoryUse {
  /** Who refers to it, such as {@code 3 backups}; null when nothing does. */
  String of(String repository);
}
