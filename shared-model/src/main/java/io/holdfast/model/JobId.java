package io.holdfast.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Clock;

/** One request for long work. A lower-case UUID, version 7. */
public record JobId(@JsonValue String value) implements Comparable<JobId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public JobId {
    value = Ids.check("job id", value);
  }

  public static JobId next(Clock clock) {
    return new JobId(Ids.next(clock));
  }

  @Override
  public int compareTo(JobId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
