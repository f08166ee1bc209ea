package io.holdfast.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Clock;

/**
 * One backup; fixed when the request is accepted, so that every attempt writes the same backup. A
 * lower-case UUID, version 7.
 */
public record BackupId(@JsonValue String value) implements Comparable<BackupId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public BackupId {
    value = Ids.check("backup id", value);
  }

  public static BackupId next(Clock clock) {
    return new BackupId(Ids.next(clock));
  }

  @Override
  public int compareTo(BackupId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
