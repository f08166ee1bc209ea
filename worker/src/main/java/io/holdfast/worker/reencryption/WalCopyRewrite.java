package io.holdfast.worker.reencryption;

import io.holdfast.model.ErrorCode;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The copy of an archive, made the same bytes again after the archive was put under other keys. A
 * file that the copy lacks is for the next copy to take, one that holds something else stays. Used
 * by one thread.
 */
final class WalCopyRewrite {
  private final Repository archive;
  private final Repository copy;
  private final Seals seals;
  private final Attempt attempt;
  private final Map<String, Function<Encryption, Seal>> known = new HashMap<>();
  private long rewritten;
  private long there;
  private long bytes;
  private JobFailure firstFailure;

  WalCopyRewrite(Repository archive, Repository copy, Seals seals, Attempt attempt) {
    this.archive = archive;
    this.copy = copy;
    this.seals = seals;
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

  Finding finding(String place) {
    return new Finding(
        "copy",
        firstFailure == null ? "OK" : "FAILED",
        "In the copy '"
            + place
            + "', "
            + rewritten
            + " files were replaced by those of the archive, and "
            + there
            + " were the same already.",
        null);
  }

  void takeAll(String cluster) {
    String all = WalLayout.all(cluster);
    List<ObjectStat> copied = copy.list(all);
    Set<String> keys = copied.stream().map(ObjectStat::key).collect(Collectors.toSet());
    attempt.phase("REENCRYPTING_COPY", copied.stream().mapToLong(ObjectStat::bytes).sum());
    List<String> archived = archive.list(all).stream().map(ObjectStat::key).toList();
    // Of a system that the copy has none of any more, nothing is made again.
    Set<String> systems =
        keys.stream()
            .filter(key -> WalLayout.file(key).isPresent())
            .map(key -> system(all, key))
            .collect(Collectors.toSet());
    // First: a copy never has a file whose key it lacks.
    archived.stream()
        .filter(key -> WalLayout.wrappedKey(key) && !keys.contains(key))
        .filter(key -> systems.contains(system(all, key)))
        .forEach(this::takeKey);
    for (String key : archived) {
      attempt.requireHeld();
      Optional<WalFileName> file = WalLayout.file(key);
      if (file.isEmpty() || !keys.contains(key)) {
        continue;
      }
      WalLayout layout = new WalLayout(cluster, system(all, key));
      if (key.equals(layout.key(file.get()))) {
        try {
          take(layout, file.get(), key);
        } catch (JobFailure failure) {
          if (failure.code() != ErrorCode.COPY_DIFFERS
              && failure.code() != ErrorCode.WAL_DAMAGED
              && failure.code() != ErrorCode.NOT_AUTHENTIC) {
            throw failure;
          }
          firstFailure = firstFailure == null ? failure : firstFailure;
        }
      }
    }
  }

  private static String system(String all, String key) {
    return key.substring(all.length()).split("/", 2)[0];
  }

  /** One that is gone was wrapped anew since, or nothing needs it. */
  private void takeKey(String key) {
    StoredBytes.find(archive, key)
        .ifPresent(
            form -> {
              boolean unused = copy.createIfAbsent(key, form);
            });
  }

  private void take(WalLayout layout, WalFileName file, String key) {
    Optional<byte[]> archived = StoredBytes.find(archive, key);
    Optional<byte[]> copied = StoredBytes.find(copy, key);
    if (archived.isEmpty() || copied.isEmpty()) {
      return; // expired since it was listed
    }
    byte[] ours = archived.get();
    byte[] theirs = copied.get();
    attempt.advanced(theirs.length);
    if (Arrays.equals(ours, theirs)) {
      there++;
      return;
    }
    if (!Arrays.equals(
        content(archive, layout, file, key, ours), content(copy, layout, file, key, theirs))) {
      throw new JobFailure(
          ErrorCode.COPY_DIFFERS,
          "the copy holds another file under '" + key + "' than the archive",
          "One of the two was changed; look which one its label fits.");
    }
    attempt.requireHeld();
    if (StoredBytes.replace(copy, key, ours)) {
      rewritten++;
      bytes += ours.length;
    }
  }

  private byte[] content(
      Repository place, WalLayout layout, WalFileName file, String key, byte[] object) {
    Function<Encryption, Seal> keys =
        known.computeIfAbsent(
            (place == archive ? "archive " : "copy ") + layout.folder(),
            unused -> new WalSeals(seals, null, place, layout.folder(), null)::of);
    try {
      return WalObject.decode(key, layout, file, new ByteArrayInputStream(object), keys);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
  }
}
