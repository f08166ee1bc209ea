package io.holdfast.worker.transfer;

import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Artifact.Digest;
import io.holdfast.worker.codec.Encoder;
import io.holdfast.worker.codec.Encoders;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.rate.RateLimit;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.StagedObject;
import io.holdfast.worker.source.Source;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Moves streams between PostgreSQL and a repository. Observes, transforms, observes: size and
 * digest of the plain bytes, compression, encryption, size and digest of the stored bytes. Memory
 * is bounded whatever the size of the stream, and nothing is staged on the worker's disk.
 *
 * <p>Thread-safe: one instance may carry several streams at once, which share the rate limit.
 */
public final class Transfer {
  static final int CHUNK_BYTES = 512 * 1024;
  private static final int MIN_CHUNK_BYTES = 8 * 1024;

  private final Repository repository;
  private final Progress progress;
  private final RateLimit rateLimit;
  private final Seal seal;
  private final AtomicLong bytesRead = new AtomicLong();

  /** For reading, and for storing without encryption. */
  public Transfer(Repository repository, Progress progress, RateLimit rateLimit) {
    this(repository, progress, rateLimit, Seal.none());
  }

  /**
   * @param seal of what is stored
   */
  public Transfer(Repository repository, Progress progress, RateLimit rateLimit, Seal seal) {
    this.seal = seal;
    this.repository = repository;
    this.progress = progress;
    this.rateLimit = rateLimit;
  }

  /**
   * Stores everything a source says, compressed here and encrypted. The object becomes visible only
   * after the stream ended, every tap agreed and {@link Source#complete} returned; otherwise it
   * leaves nothing behind. The caller closes the source.
   *
   * @param name the object's key but for the suffix that encryption appends
   * @param expectedBytes an upper estimate of the stored bytes; 0 when unknown
   */
  public TransferSummary store(
      Source source, String name, CompressionSpec compression, long expectedBytes, List<Tap> taps) {
    String key = name + seal.suffix();
    Meter plain = new Meter();
    Meter stored = new Meter();
    try (StagedObject staged = repository.stage(key, expectedBytes);
        Progress.Registration writing = progress.closeOnStop(staged);
        Progress.Registration reading = progress.closeOnStop(source::close);
        Encoder sealer = seal.encoder(key, new MeteredOutput(staged, stored));
        Encoder encoder = Encoders.open(compression, sealer)) {
      Pump.run(
          new SourceInput(source, progress),
          source::close,
          List.of(
              (buffer, length) -> {
                plain.add(buffer, 0, length);
                taps.forEach(tap -> tap.bytes(buffer, 0, length));
              },
              (buffer, length) -> {
                rateLimit.acquire(length, progress);
                encoder.write(buffer, 0, length);
                progress.advanced(length);
              }));
      encoder.finish();
      sealer.finish();
      taps.forEach(Tap::end);
      source.complete();
      Digest digest = stored.digest();
      progress.advanced(0);
      staged.commit(digest.sha256());
      return new TransferSummary(key, compression.codec(), plain.digest(), digest);
    } catch (IOException e) {
      throw broken(key, e);
    }
  }

  /**
   * As {@link #store}, for bytes that the server has compressed already. They are stored as they
   * come, and nobody looks inside: {@link TransferSummary#plain} is null. The rate limit and the
   * progress count the bytes as they come.
   */
  public TransferSummary storeCompressed(
      Source source, String key, Codec codec, long expectedBytes) {
    CompressionSpec asTheyCome =
        new CompressionSpec(Codec.NONE, null, null, CompressionSpec.Where.WORKER);
    TransferSummary summary = store(source, key, asTheyCome, expectedBytes, List.of());
    return new TransferSummary(summary.key(), codec, null, summary.stored());
  }

  /** As {@link #store}, for a small document that is in memory. */
  public TransferSummary store(byte[] document, String key, CompressionSpec compression) {
    return store(new InMemory(document), key, compression, document.length, List.of());
  }

  /**
   * Opens the plain bytes of an artifact. The stream compares size and digest of plain and stored
   * bytes with the manifest and fails with ARTIFACT_DAMAGED at its end, or where it notices, so a
   * reader that has not seen the end has seen nothing proven. Failures of the repository keep their
   * own code. The caller closes the stream.
   *
   * @param key the whole key of the artifact's object
   * @throws JobFailure KEY_UNAVAILABLE when this worker may not decrypt it
   */
  public InputStream open(String key, Artifact artifact, Seal sealed) {
    return ArtifactInput.open(repository, key, artifact, sealed, progress, bytesRead);
  }

  /** Stored bytes of artifacts that came out of the repository so far. */
  public long bytesRead() {
    return bytesRead.get();
  }

  /**
   * Reads every stored byte of an artifact and compares size and digest. Needs no keys.
   *
   * @throws JobFailure ARTIFACT_DAMAGED when the object is absent, short, long or changed
   */
  public void checksum(String key, Artifact artifact) {
    try (InputStream stored = openStored(key, artifact)) {
      long useful = Math.max(MIN_CHUNK_BYTES, artifact.stored().bytes());
      byte[] buffer = new byte[(int) Math.min(CHUNK_BYTES, useful)];
      while (stored.read(buffer) >= 0) {
        // The stream itself compares, counts and notices a stop.
        continue;
      }
    } catch (IOException e) {
      throw broken(key, e);
    }
  }

  /** As {@link #open}, the bytes as they are stored. */
  public InputStream openStored(String key, Artifact artifact) {
    return open(
        key,
        new Artifact(
            artifact.kind(),
            artifact.object(),
            artifact.database(),
            artifact.tablespaceOid(),
            Codec.NONE,
            null,
            artifact.stored()),
        Seal.none());
  }

  private static JobFailure broken(String key, IOException e) {
    return new JobFailure(
        ErrorCode.INTERNAL, "moving '" + key + "' broke: " + e.getMessage(), null, e);
  }

  private record InMemory(byte[] document) implements Source {
    @Override
    public InputStream stream() {
      return new ByteArrayInputStream(document);
    }

    @Override
    public void complete() {}

    @Override
    public void close() {}
  }
}
