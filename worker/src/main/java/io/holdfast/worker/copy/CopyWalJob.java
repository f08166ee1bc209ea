package io.holdfast.worker.copy;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.JobResult.WalCopied;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalObject;
import io.holdfast.worker.wal.WalStretch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Copies what an archive holds and the destination lacks, by listing both. An object is read whole,
 * held against its label, and created where there is none; the destination never has a file that
 * was not whole. Histories come last: a copy that names a timeline has its WAL.
 *
 * <p>Beginnings of segments that are still growing and content that was refused stay behind.
 */
public final class CopyWalJob {
  private final RepositoryFactory repositories;
  private final Clock clock;

  public CopyWalJob(RepositoryFactory repositories, Clock clock) {
    this.repositories = repositories;
    this.clock = clock;
  }

  /**
   * A file that is damaged or differs does not keep the others from being copied.
   *
   * @throws JobFailure WAL_DAMAGED when a file of the archive is not what its label says, after all
   *     the others were copied; COPY_DIFFERS when the destination has another one under its name
   */
  public WalCopied run(JobSpec.CopyWal spec, Attempt attempt) {
    Instant listedAt = clock.instant();
    try (Repository source = repositories.open(spec.repository());
        Repository destination = repositories.open(spec.destination())) {
      attempt.phase("LISTING", null);
      String folder = WalLayout.all(spec.sourceCluster());
      // The destination first: what is archived meanwhile is missing there, never the reverse.
      Map<String, Long> there =
          destination.list(folder).stream()
              .collect(Collectors.toMap(ObjectStat::key, ObjectStat::bytes));
      List<ObjectStat> listed =
          source.list(folder).stream()
              .filter(
                  object ->
                      spec.former().stream()
                          .noneMatch(gone -> object.key().startsWith(folder + gone + "/")))
              .toList();
      List<WalStretch> removed = spec.removed().stream().map(WalStretch::new).toList();
      List<ObjectStat> archived =
          listed.stream()
              .filter(object -> WalLayout.file(object.key()).isPresent())
              .filter(object -> removed.stream().noneMatch(gone -> gone.holds(object.key())))
              .sorted(Comparator.comparing(CopyWalJob::history).thenComparing(ObjectStat::key))
              .toList();
      List<ObjectStat> missing =
          archived.stream().filter(object -> !there.containsKey(object.key())).toList();
      Files files =
          new Files(source, destination, spec.held().stream().map(WalStretch::new).toList());
      archived.stream()
          .filter(object -> there.getOrDefault(object.key(), object.bytes()) != object.bytes())
          .forEach(object -> files.differs(object.key()));
      attempt.phase("COPYING", missing.stream().mapToLong(ObjectStat::bytes).sum());
      // First: a copy never has a file of WAL whose key it lacks.
      listed.stream()
          .map(ObjectStat::key)
          .filter(key -> WalLayout.wrappedKey(key) && !there.containsKey(key))
          .forEach(files::takeKey);
      for (ObjectStat object : missing) {
        attempt.requireHeld();
        files.take(object.key());
        attempt.advanced(object.bytes());
      }
      files.requireSound();
      return new WalCopied(
          spec.sourceCluster(),
          spec.destination().name(),
          listedAt,
          files.sent,
          files.bytes,
          archived.size() - missing.size(),
          List.of(
              new Finding(
                  "wal",
                  "OK",
                  "The copy has every one of the "
                      + archived.size()
                      + " files that were archived at "
                      + listedAt
                      + ".",
                  null)));
    }
  }

  private static boolean history(ObjectStat object) {
    return WalLayout.file(object.key())
        .filter(file -> file.kind() == WalFileName.Kind.HISTORY)
        .isPresent();
  }

  private static final class Files {
    private final Repository source;
    private final Repository destination;
    private final List<WalStretch> held;
    private final List<String> different = new ArrayList<>();
    private JobFailure damaged;
    private long sent;
    private long bytes;

    Files(Repository source, Repository destination, List<WalStretch> held) {
      this.source = source;
      this.destination = destination;
      this.held = held;
    }

    void takeKey(String key) {
      boolean unused = destination.createIfAbsent(key, object(key));
    }

    private byte[] object(String key) {
      try (InputStream in = source.open(key)) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new JobFailure(
            ErrorCode.REPOSITORY_UNAVAILABLE,
            "reading '" + key + "' broke: " + e.getMessage(),
            "Look at the repository and at the connection to it.",
            e);
      }
    }

    void take(String key) {
      byte[] object = object(key);
      try {
        WalObject.Label unused = WalObject.confirm(key, new ByteArrayInputStream(object));
      } catch (JobFailure failure) {
        damaged = damaged == null ? failure : damaged;
        return;
      } catch (IOException e) {
        throw new IllegalStateException("bytes in memory can be read", e);
      }
      if (destination.createIfAbsent(key, object)) {
        sent++;
        bytes += object.length;
      } else if (destination.stat(key).filter(there -> there.bytes() == object.length).isEmpty()) {
        differs(key);
        return;
      }
      if (held.stream().anyMatch(stretch -> stretch.holds(key))) {
        destination.hold(key, true);
      }
    }

    void differs(String key) {
      different.add(key);
    }

    void requireSound() {
      if (damaged != null) {
        throw damaged;
      }
      if (!different.isEmpty()) {
        throw new JobFailure(
            ErrorCode.COPY_DIFFERS,
            different.size()
                + " files have another size at the destination, such as '"
                + different.getFirst()
                + "'",
            "One of the two was changed; look which one its label fits.");
      }
    }
  }
}
