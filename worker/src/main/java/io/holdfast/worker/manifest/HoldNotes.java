package io.holdfast.worker.manifest;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.HoldNote;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the holds that lie beside a backup. What says that one was lifted is believed over it. */
public final class HoldNotes {
  private static final int LARGEST_BYTES = 64 * 1024;

  private HoldNotes() {}

  /**
   * One that cannot be read counts as standing: nobody knows what it said.
   *
   * @param keys any keys of the backup's folder
   */
  public static List<HoldNote> read(
      Repository repository, BackupLayout layout, Collection<String> keys) {
    Map<String, HoldNote> notes = new TreeMap<>();
    keys.stream()
        .filter(key -> key.startsWith(layout.holds()) && key.endsWith(".json"))
        .sorted()
        .forEach(
            key -> {
              HoldNote note = read(repository, key);
              notes.merge(note.id(), note, (one, other) -> one.liftedAt() == null ? other : one);
            });
    return List.copyOf(notes.values());
  }

  private static HoldNote read(Repository repository, String key) {
    try (InputStream in = repository.open(key)) {
      HoldNote note = Wire.read(in.readNBytes(LARGEST_BYTES), HoldNote.class);
      return note.id() == null ? unreadable(key) : note;
    } catch (UncheckedIOException notOne) {
      return unreadable(key);
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.REPOSITORY_UNAVAILABLE,
          "reading '" + key + "' broke: " + e.getMessage(),
          "Look at the repository and at the connection to it.",
          e);
    }
  }

  private static HoldNote unreadable(String key) {
    return new HoldNote(
        key, "USER", "'" + key + "' cannot be read", null, Instant.EPOCH, "", null, null, null);
  }
}
