package io.holdfast.worker.scan;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Scanned;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.scan.ClusterFound;
import io.holdfast.model.scan.Oddity;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.scan.Listing.Folder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Finds every backup, copy and stretch of WAL in a repository, and what nobody accounts for. It
 * lists all keys once and reads every manifest; no object's bytes are read.
 */
public final class ScanJob {
  /** Manifests that are read at once: each is a few requests that mostly wait. */
  private static final int READERS = 8;

  private static final int LARGEST_DECLARATION_BYTES = 256 * 1024;

  private final RepositoryFactory repositories;
  private final Clock clock;

  public ScanJob(RepositoryFactory repositories, Clock clock) {
    this.repositories = repositories;
    this.clock = clock;
  }

  public Scanned run(JobSpec.Scan spec, Attempt attempt) {
    Instant listedAt = clock.instant();
    try (Repository repository = repositories.open(spec.repository())) {
      attempt.phase("LISTING", null);
      List<ObjectStat> objects = repository.list("clusters/");
      Listing listing = Listing.of(objects);
      Pages pages = new Pages(attempt::repositoryScanned);
      attempt.phase("READING_MANIFESTS", null);
      int backups = backups(repository, listing, pages, attempt);
      attempt.phase("READING_ARCHIVES", null);
      ArchiveLook archives = new ArchiveLook(repository);
      listing.archives().values().forEach(archive -> pages.add(archives.at(archive)));
      listing
          .declarations()
          .forEach((cluster, key) -> pages.add(declaration(repository, cluster, key)));
      unknown(listing.unknown(), pages);
      return new Scanned(
          spec.repository().name(),
          listedAt,
          pages.end(),
          objects.size(),
          objects.stream().mapToLong(ObjectStat::bytes).sum(),
          backups,
          listing.archives().size(),
          pages.oddities());
    }
  }

  private int backups(Repository repository, Listing listing, Pages pages, Attempt attempt) {
    BackupLook look = new BackupLook(repository, new ManifestStore(repository, clock), pages);
    List<Future<Boolean>> looks = new ArrayList<>();
    try (ExecutorService readers =
        Executors.newFixedThreadPool(READERS, Thread.ofVirtual().name("scan-", 0).factory())) {
      for (Folder folder : listing.backups().values()) {
        looks.add(
            readers.submit(
                () -> {
                  attempt.advanced(0);
                  return look.at(folder);
                }));
      }
      int found = 0;
      try {
        for (Future<Boolean> one : looks) {
          found += one.get() ? 1 : 0;
        }
      } finally {
        // After a failure the rest is not worth the requests.
        looks.forEach(one -> one.cancel(false));
      }
      return found;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while manifests were read", e);
    }
  }

  private static ClusterFound declaration(Repository repository, String cluster, String key) {
    try (InputStream in = repository.open(key)) {
      byte[] json = in.readNBytes(LARGEST_DECLARATION_BYTES);
      return new ClusterFound(cluster, key, new String(json, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.REPOSITORY_UNAVAILABLE,
          "reading '" + key + "' broke: " + e.getMessage(),
          "Look at the repository and at the connection to it.",
          e);
    }
  }

  private static void unknown(Folder unknown, Pages pages) {
    if (!unknown.objects().isEmpty()) {
      pages.add(
          new Oddity(
              Oddity.Kind.ORPHAN,
              null,
              null,
              "clusters/",
              unknown.objects().size(),
              unknown.bytes(),
              "nothing of Holdfast has such names, such as '"
                  + unknown.objects().firstKey()
                  + "'"));
    }
  }
}
