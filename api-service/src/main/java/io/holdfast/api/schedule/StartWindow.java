package io.holdfast.api.schedule;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;

/**
 * When runs may start, by the clock of a zone; from after until goes over midnight.
 *
 * @param until not in it any more
 */
record StartWindow(LocalTime from, LocalTime until, ZoneId zone) {
  boolean contains(Instant moment) {
    LocalTime time = LocalTime.ofInstant(moment, zone);
    return from.isBefore(until)
        ? !time.isBefore(from) && time.isBefore(until)
        : !time.isBefore(from) || time.isBefore(until);
  }

  @Override
  public String toString() {
    return from + " to " + until + " " + zone;
  }
}
