package io.holdfast.worker.reencryption;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.encryption.WalSeals;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** The files of an archive under other keys, one after the other. Used by one thread. */
final class WalRewrite {
  private static final int LEVEL = 3;

  private final Repository repository;
  private final Seals seals;
  private final EncryptionSpec spec;
  private final Attempt attempt;
  private long rewritten;
  private long there;
  private long bytes;
  private int plain;
  private int unfinished;
  private JobFailure firstFailure;

  WalRewrite(Repository repository, Seals seals, EncryptionSpec spec, Attempt attempt) {
    this.repository = repository;
    this.seals = seals;
    this.spec = spec;
    this.attempt = attempt;
  }

  long rewritten() {
    return rewritten;
  }

  long there() {
    return there;
  }

  long bytes() {
    return bytes;
  }

  /** Of the first file that was not done; null when all were. */
  JobFailure firstFailure() {
    return firstFailure;
  }

  /** Every system that was archived under the cluster's name. */
  void takeAll(String cluster) {
    attempt.phase("LISTING", null);
    String all = WalLayout.all(cluster);
    TreeMap<String, List<ObjectStat>> systems = new TreeMap<>();
    for (ObjectStat object : repository.list(all)) {
      String below = object.key().substring(all.length());
      systems
          .computeIfAbsent(below.substring(0, below.indexOf('/')), unused -> new ArrayList<>())
          .add(object);
    }
    attempt.phase(
        "REENCRYPTING",
        systems.values().stream().flatMap(List::stream).mapToLong(ObjectStat::bytes).sum());
    systems.forEach((system, objects) -> take(new WalLayout(cluster, system), objects));
  }

  private void take(WalLayout layout, List<ObjectStat> objects) {
    Mine mine = new Mine(layout);
    for (ObjectStat object : objects) {
      attempt.requireHeld();
      Optional<WalFileName> file = WalLayout.file(object.key());
      boolean archived = file.isPresent() && object.key().equals(layout.key(file.get()));
      try {
        if (archived) {
          take(layout, file.get(), object.key(), mine);
        } else if (object.key().endsWith(".zst")) {
          unfinished++;
        }
      } catch (JobFailure failure) {
        if (failure.code() != ErrorCode.WAL_DAMAGED && failure.code() != ErrorCode.NOT_AUTHENTIC) {
          throw failure;
        }
        firstFailure = firstFailure == null ? failure : firstFailure;
      }
      attempt.advanced(object.bytes());
    }
  }

  private void take(WalLayout layout, WalFileName file, String key, Mine mine) {
    Optional<byte[]> found = StoredBytes.find(repository, key);
    if (found.isEmpty()) {
      return; // expired since it was listed
    }
    byte[] object = found.get();
    Encryption before = label(key, object).encryption();
    if (before == null) {
      plain++;
      return;
    }
    if (mine.wrote(before)) {
      there++;
      return;
    }
    byte[] content = decode(layout, file, key, object, mine);
    WalObject.Encoded encoded = encode(layout, file, key, content, mine.seal());
    if (mine.seal().readable()
        && !Arrays.equals(decode(layout, file, key, encoded.object(), mine), content)) {
      throw new JobFailure(
          ErrorCode.KEY_REFUSED,
          "what was encrypted anew of '" + key + "' does not decrypt to the same file",
          "The old object is untouched. Look at the key that the cluster declares.");
    }
    attempt.requireHeld();
    if (StoredBytes.replace(repository, key, encoded.object())) {
      rewritten++;
      bytes += encoded.object().length;
    }
  }

  private static WalObject.Label label(String key, byte[] object) {
    try {
      return WalObject.label(key, new ByteArrayInputStream(object));
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
  }

  private static byte[] decode(
      WalLayout layout, WalFileName file, String key, byte[] object, Mine mine) {
    try (InputStream in = new ByteArrayInputStream(object)) {
      return WalObject.decode(key, layout, file, in, mine::of);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
  }

  private static WalObject.Encoded encode(
      WalLayout layout, WalFileName file, String key, byte[] content, Seal seal) {
    try (InputStream in = new ByteArrayInputStream(content)) {
      return WalObject.encode(layout, file, in, content.length, LEVEL, key, seal);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be encrypted", e);
    }
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        new Finding(
            "wal",
            "OK",
            rewritten
                + " files were put under new keys, and "
                + there
                + " were so already, by an earlier attempt or by what the cluster declares.",
            null));
    if (plain > 0) {
      findings.add(
          new Finding(
              "plain",
              "WARNING",
              plain
                  + " files are not encrypted and were left so: nobody can tell who wrote them, and"
                  + " encrypting them would vouch for them.",
              "Take a base backup, and let what is older expire."));
    }
    if (unfinished > 0) {
      findings.add(
          new Finding(
              "unfinished",
              "WARNING",
              unfinished
                  + " beginnings of segments and refused files were left under their old keys.",
              "A beginning goes when its segment is whole; refused files lie in conflicts/."));
    }
    return findings;
  }

  /** What this job encrypts the WAL of one system with. */
  private final class Mine {
    private final WalLayout layout;
    private final WalSeals known;
    private final Set<String> dataKeys = new HashSet<>();
    private Seal seal;
    private Encryption declared;

    Mine(WalLayout layout) {
      this.layout = layout;
      this.known = new WalSeals(seals, null, repository, layout.folder(), null);
      for (int number = 1; number <= attempt.number(); number++) {
        dataKeys.add(dataKey(number).toString());
      }
    }

    /** Each attempt has one of its own, so that two of them can never make two of one id. */
    private UUID dataKey(int number) {
      return UUID.nameUUIDFromBytes(
          ("reencrypt " + attempt.jobId() + " " + number + " " + layout.folder())
              .getBytes(StandardCharsets.UTF_8));
    }

    /** Whether nothing has to be done about what is encrypted so. */
    boolean wrote(Encryption before) {
      return dataKeys.contains(before.dataKeyId()) || before.equals(declared());
    }

    /** OPENPGP: the same recipients and signer, whoever wrote it; null where keys are random. */
    private Encryption declared() {
      if (declared == null && spec instanceof EncryptionSpec.OpenPgp) {
        declared = seal().describe();
      }
      return declared;
    }

    /** Made when it is needed first: what is never used leaves no key. */
    Seal seal() {
      if (seal == null) {
        Seals.Begun begun = seals.begin(spec, layout.folder(), dataKey(attempt.number()));
        attempt.requireHeld();
        begun.keep(repository);
        seal = begun.seal();
      }
      return seal;
    }

    Seal of(Encryption encryption) {
      return seal != null && seal.describe().equals(encryption) ? seal : known.of(encryption);
    }
  }
}
