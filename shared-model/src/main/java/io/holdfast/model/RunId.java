package io.holdfast.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Clock;

/** One execution of one attempt: the folder its objects live in. A lower-case UUID, version 7. */
public record RunId(@JsonValue String value) implements Comparable<RunId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public RunId {
    value = Ids.check("run id", value);
  }

  public static RunId next(Clock clock) {
    return new RunId(Ids.next(clock));
  }

  @Override
  public int compareTo(RunId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
