package io.holdfast.model.wal;

import io.holdfast.model.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a timeline comes from: what its {@code .history} file says.
 *
 * @param ancestors oldest first, each with the position at which it was left; empty for timeline 1
 */
public record TimelineHistory(int timeline, List<Ancestor> ancestors) {
  private static final Pattern LINE =
      Pattern.compile("\\s*([0-9]{1,10})\\s+([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})(?:\\s.*)?");

  public TimelineHistory {
    ancestors = List.copyOf(ancestors);
  }

  /**
   * @param switchedAt the first position that is no longer on it
   */
  public record Ancestor(int timeline, Lsn switchedAt) {}

  /** A timeline that begins the cluster's life. */
  public static TimelineHistory first(int timeline) {
    return new TimelineHistory(timeline, List.of());
  }

  /**
   * @throws IllegalArgumentException when the text is no history of that timeline
   */
  public static TimelineHistory parse(int timeline, String text) {
    List<Ancestor> ancestors = new ArrayList<>();
    for (String line : text.split("\n")) {
      String content = line.strip();
      if (content.isEmpty() || content.startsWith("#")) {
        continue;
      }
      Matcher match = LINE.matcher(content);
      if (!match.matches()) {
        throw new IllegalArgumentException("not a line of a timeline's history: " + content);
      }
      Ancestor next = new Ancestor(Integer.parseInt(match.group(1)), Lsn.parse(match.group(2)));
      Ancestor last = ancestors.isEmpty() ? null : ancestors.getLast();
      boolean later =
          last == null
              || (next.timeline() > last.timeline()
                  && next.switchedAt().compareTo(last.switchedAt()) >= 0);
      if (!later || next.timeline() >= timeline) {
        throw new IllegalArgumentException("timelines out of order: " + content);
      }
      ancestors.add(next);
    }
    if (ancestors.isEmpty() && timeline != 1) {
      throw new IllegalArgumentException("the history of timeline " + timeline + " is empty");
    }
    return new TimelineHistory(timeline, ancestors);
  }

  /** The timeline on which the byte at {@code lsn} lies, seen from this one. */
  public int at(Lsn lsn) {
    for (Ancestor ancestor : ancestors) {
      if (lsn.compareTo(ancestor.switchedAt()) < 0) {
        return ancestor.timeline();
      }
    }
    return timeline;
  }

  /** Whether {@code lsn} on timeline {@code other} lies on the way to this timeline. */
  public boolean contains(int other, Lsn lsn) {
    return other == timeline
        ? ancestors.isEmpty() || lsn.compareTo(ancestors.getLast().switchedAt()) >= 0
        : ancestors.stream()
            .anyMatch(
                ancestor ->
                    ancestor.timeline() == other && lsn.compareTo(ancestor.switchedAt()) <= 0);
  }
}
