package io.holdfast.worker.copy;

import io.holdfast.embedded.process.Folders;
import io.holdfast.embedded.s3.EmbeddedS3;
import io.holdfast.model.BackupId;
import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.JobId;
import io.holdfast.model.Lsn;
import io.holdfast.model.RunId;
import io.holdfast.model.SecretRef;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.rate.RateLimit;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.repository.configured.ConfiguredRepositories;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.transfer.Transfer;
import io.holdfast.worker.transfer.TransferSummary;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Two S3 endpoints with a bucket each, and backups and WAL made by hand to put into them. */
public final class TwoStores implements AutoCloseable {
  public static final String CLUSTER = "orders";
  public static final WalLayout WAL = new WalLayout(CLUSTER, "7400000000000000001");
  private static final String KEY = "test-access";
  private static final String SECRET = "test-secret-key";
  private static final String BUCKET = "backups";

  private final Path folder = Folders.temporary("copies");
  private final EmbeddedS3 first = start("first");
  private final EmbeddedS3 second = start("second");
  private final Random random = new Random(7);
  private final ConfiguredRepositories repositories;

  public TwoStores() {
    try {
      Path file =
          Files.writeString(
              folder.resolve("credentials.yaml"),
              """
              databases: {}
              repositories:
                keys: { accessKey: "%s", secretKey: "%s", endpoints: ["%s", "%s"], buckets: ["%s"] }
              roots: { repositories: [], restores: [] }
              """
                  .formatted(KEY, SECRET, first.endpoint(), second.endpoint(), BUCKET));
      repositories = new ConfiguredRepositories(new Credentials(file), Waiter.real());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EmbeddedS3 start(String name) {
    return EmbeddedS3.start(folder.resolve(name), 0, KEY, SECRET).bucket(BUCKET);
  }

  public ConfiguredRepositories repositories() {
    return repositories;
  }

  public S3RepositorySpec first() {
    return spec("first", first);
  }

  public S3RepositorySpec second() {
    return spec("second", second);
  }

  private static S3RepositorySpec spec(String name, EmbeddedS3 store) {
    return new S3RepositorySpec(name, store.endpoint(), null, BUCKET, "pg", new SecretRef("keys"));
  }

  /** A committed backup in the first store. */
  public Manifest backUp(Manifest parent, int... artifactBytes) {
    try (Repository repository = repositories.open(first())) {
      BackupId id = BackupId.next(Clock.systemUTC());
      RunId run = RunId.next(Clock.systemUTC());
      BackupLayout layout = new BackupLayout(CLUSTER, id);
      ManifestStore manifests = new ManifestStore(repository, Clock.systemUTC());
      JobId job = JobId.next(Clock.systemUTC());
      manifests.claim(layout, job, 1, run, "test", parent == null ? null : parent.backupId());
      Transfer transfer = new Transfer(repository, Progress.silent(), RateLimit.none());
      List<Artifact> artifacts = new ArrayList<>();
      for (int bytes : artifactBytes) {
        artifacts.add(artifact(transfer, layout, run, artifacts.size(), bytes));
      }
      String parentDigest =
          parent == null
              ? null
              : manifests.readCommitted(new BackupLayout(CLUSTER, parent.backupId())).sha256();
      return manifests.commit(manifest(id, run, job, artifacts, parent, parentDigest), Seal.none());
    }
  }

  private Artifact artifact(
      Transfer transfer, BackupLayout layout, RunId run, int number, int bytes) {
    byte[] plain = new byte[bytes];
    random.nextBytes(plain);
    boolean base = number == 0;
    TransferSummary stored =
        transfer.store(
            plain,
            base
                ? layout.baseTar(run, Codec.ZSTD)
                : layout.tablespaceTar(run, 16384L + number, Codec.ZSTD),
            CompressionSpec.zstd());
    return new Artifact(
        base ? Artifact.Kind.BASE_TAR : Artifact.Kind.TABLESPACE_TAR,
        layout.object(stored.key()),
        null,
        base ? null : 16384L + number,
        Codec.ZSTD,
        stored.plain(),
        stored.stored());
  }

  private static Manifest manifest(
      BackupId id,
      RunId run,
      JobId job,
      List<Artifact> artifacts,
      Manifest parent,
      String parentDigest) {
    Instant at = Instant.parse("2026-11-21T03:00:00Z");
    return new Manifest(
        Manifest.FORMAT,
        id,
        run,
        1,
        job,
        CLUSTER,
        "PHYSICAL",
        "holdfast test",
        at,
        at.plusSeconds(60),
        60.0,
        new Manifest.Source(
            "pg-1", NodeRole.PRIMARY, 0L, 0.0, "18.1", 180001, WAL.systemIdentifier(), 1),
        new Manifest.Wal(Lsn.parse("0/3000028"), Lsn.parse("0/3000158"), 1, 16 * 1024 * 1024),
        CompressionSpec.zstd(),
        true,
        List.of(),
        List.of(),
        artifacts,
        artifacts.stream().mapToLong(artifact -> artifact.plain().bytes()).sum(),
        artifacts.stream().mapToLong(artifact -> artifact.stored().bytes()).sum(),
        parent == null ? null : parent.backupId(),
        parentDigest,
        null,
        Map.of(),
        Map.of(),
        null);
  }

  /**
   * Puts another manifest, which fits itself and its objects, in the place of a backup's in the
   * first store, as somebody could that may write there.
   */
  public void exchange(Manifest backup) {
    BackupLayout layout = new BackupLayout(CLUSTER, backup.backupId());
    delete(first(), layout.manifest());
    delete(first(), layout.sha256Sums(backup.runId()));
    try (Repository repository = repositories.open(first())) {
      Manifest unused =
          new ManifestStore(repository, Clock.systemUTC())
              .commit(
                  manifest(
                      backup.backupId(),
                      backup.runId(),
                      JobId.next(Clock.systemUTC()),
                      backup.artifacts(),
                      null,
                      null),
                  Seal.none());
    }
  }

  /** Of a backup's manifest in the first store. */
  public String manifestSha256(Manifest backup) {
    return digests(first()).get(new BackupLayout(CLUSTER, backup.backupId()).manifest());
  }

  /** Puts a file of WAL into the first store's archive. */
  public void archive(String file, int bytes) {
    byte[] plain = new byte[bytes];
    random.nextBytes(plain);
    WalFileName name = WalFileName.parse(file).orElseThrow();
    try (Repository repository = repositories.open(first())) {
      WalStore store = new WalStore(repository, WAL);
      WalStore.Stored unused =
          store.put(name, store.encode(name, new ByteArrayInputStream(plain), bytes, 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every object of a store with its bytes. */
  public Map<String, byte[]> objects(S3RepositorySpec spec) {
    try (Repository repository = repositories.open(spec)) {
      Map<String, byte[]> objects = new TreeMap<>();
      for (ObjectStat stat : repository.list("clusters/")) {
        try (InputStream in = repository.open(stat.key())) {
          objects.put(stat.key(), in.readAllBytes());
        }
      }
      return objects;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The digest of every object but claims, which a copy has none of. */
  public Map<String, String> digests(S3RepositorySpec spec) {
    Map<String, String> digests = new TreeMap<>();
    objects(spec)
        .forEach(
            (key, bytes) -> {
              if (!key.contains("/claims/")) {
                digests.put(key, sha256(bytes));
              }
            });
    return digests;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Puts other bytes under a key, as something could that may write there. */
  public void overwrite(S3RepositorySpec spec, String key, byte[] content) {
    try (Repository repository = repositories.open(spec)) {
      repository.delete(key);
      boolean unused = repository.createIfAbsent(key, content);
    }
  }

  public void delete(S3RepositorySpec spec, String key) {
    try (Repository repository = repositories.open(spec)) {
      repository.delete(key);
    }
  }

  @Override
  public void close() {
    first.close();
    second.close();
    Folders.delete(folder);
  }
}
