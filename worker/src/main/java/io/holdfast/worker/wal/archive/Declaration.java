package io.holdfast.worker.wal.archive;

import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.wal.ArchiveSpec;

/**
 * How one cluster's WAL is archived, as the control plane last said it.
 *
 * @param archive null: not at all, any more
 */
public record Declaration(
    long revision, ClusterSpec cluster, RepositorySpec repository, ArchiveSpec archive) {}
