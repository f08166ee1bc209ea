package io.holdfast.worker.manifest;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.HoldNote;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Everything in the folders of a cluster's backups, as one listing shows it, for whoever removes.
 * Documents are read when they are asked for, once, and believed as far as they can be parsed: what
 * is damaged still says what it needs. Used by one thread.
 */
public final class BackupFolders {
  private static final int LARGEST_DOCUMENT_BYTES = 64 * 1024 * 1024;

  private final Repository repository;
  private final String cluster;
  private final NavigableMap<BackupId, List<ObjectStat>> folders;
  private final Map<BackupId, Manifest> manifests;
  private final Map<String, Claim> claims = new HashMap<>();

  private BackupFolders(
      Repository repository,
      String cluster,
      NavigableMap<BackupId, List<ObjectStat>> folders,
      Map<BackupId, Manifest> manifests) {
    this.repository = repository;
    this.cluster = cluster;
    this.folders = folders;
    this.manifests = manifests;
  }

  public static BackupFolders list(Repository repository, String cluster) {
    return new BackupFolders(repository, cluster, folders(repository, cluster), new HashMap<>());
  }

  /** Looks again; manifests that were read are not read again, since they never change. */
  public BackupFolders again() {
    return new BackupFolders(repository, cluster, folders(repository, cluster), manifests);
  }

  private static NavigableMap<BackupId, List<ObjectStat>> folders(
      Repository repository, String cluster) {
    String prefix = BackupLayout.backups(cluster);
    NavigableMap<BackupId, List<ObjectStat>> folders = new TreeMap<>();
    for (ObjectStat object : repository.list(prefix)) {
      String name = object.key().substring(prefix.length());
      id(name.substring(0, Math.max(0, name.indexOf('/'))))
          .ifPresent(id -> folders.computeIfAbsent(id, unused -> new ArrayList<>()).add(object));
    }
    return folders;
  }

  private static Optional<BackupId> id(String folder) {
    try {
      return Optional.of(new BackupId(folder));
    } catch (IllegalArgumentException notOurs) {
      return Optional.empty();
    }
  }

  /** Every folder, oldest first. */
  public Set<BackupId> ids() {
    return folders.keySet();
  }

  public BackupLayout layout(BackupId id) {
    return new BackupLayout(cluster, id);
  }

  /** The objects of a folder; none when there is no such folder. */
  public List<ObjectStat> objects(BackupId id) {
    return folders.getOrDefault(id, List.of());
  }

  /** Whether the backup exists: its manifest is there. */
  public boolean exists(BackupId id) {
    return has(id, layout(id).manifest());
  }

  /** Whether the backup was removed, or is being removed. */
  public boolean buried(BackupId id) {
    return has(id, layout(id).tombstone());
  }

  private boolean has(BackupId id, String key) {
    return objects(id).stream().anyMatch(object -> object.key().equals(key));
  }

  /**
   * The manifest of a backup that exists, proven by nothing.
   *
   * @throws JobFailure MANIFEST_UNREADABLE when it cannot be parsed, so that nobody can tell what
   *     it needs
   */
  public Manifest manifest(BackupId id) {
    return manifests.computeIfAbsent(id, unread -> read(layout(id).manifest(), Manifest.class));
  }

  /**
   * The manifest of a backup that exists, or did until it was buried; empty when nothing says any
   * more what it was.
   */
  public Optional<Manifest> remembered(BackupId id) {
    if (exists(id)) {
      return Optional.of(manifest(id));
    }
    return buried(id)
        ? Optional.ofNullable(tombstone(id).manifest())
            .map(manifest -> Wire.read(manifest, Manifest.class))
        : Optional.empty();
  }

  /** Whether every object that a manifest names is there with its size. */
  public boolean whole(Manifest manifest) {
    Map<String, Long> sizes = new HashMap<>();
    objects(manifest.backupId()).forEach(object -> sizes.put(object.key(), object.bytes()));
    BackupLayout layout = layout(manifest.backupId());
    return sizes.containsKey(layout.sha256Sums(manifest.runId()))
        && manifest.artifacts().stream()
            .allMatch(
                artifact ->
                    Objects.equals(
                        sizes.get(layout.key(artifact.object())), artifact.stored().bytes()));
  }

  /** What marks the newest attempt at a backup; empty when nobody has begun. */
  public Optional<Claim> newestClaim(BackupId id) {
    return claims(id).stream().max(Comparator.comparingInt(Claim::attempt));
  }

  /** Every attempt that has begun. */
  public List<Claim> claims(BackupId id) {
    return objects(id).stream()
        .map(ObjectStat::key)
        .filter(key -> key.startsWith(layout(id).claims()))
        .map(key -> claims.computeIfAbsent(key, unread -> read(unread, Claim.class)))
        .toList();
  }

  /** What keeps a backup by the word of the repository. */
  public List<HoldNote> holds(BackupId id) {
    return HoldNotes.read(
        repository, layout(id), objects(id).stream().map(ObjectStat::key).toList());
  }

  /** Of a backup that is {@link #buried}. */
  public Tombstone tombstone(BackupId id) {
    return read(layout(id).tombstone(), Tombstone.class);
  }

  private <T> T read(String key, Class<T> type) {
    try (InputStream in = repository.open(key)) {
      return Wire.read(in.readNBytes(LARGEST_DOCUMENT_BYTES), type);
    } catch (UncheckedIOException e) {
      throw new JobFailure(
          ErrorCode.MANIFEST_UNREADABLE,
          "'" + key + "' cannot be read, so nobody can tell what it needs: nothing is removed",
          "Delete its backup first, or put the file right.",
          e);
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.REPOSITORY_UNAVAILABLE,
          "reading '" + key + "' broke: " + e.getMessage(),
          "Look at the repository and at the connection to it.",
          e);
    }
  }
}
