package io.holdfast.api.backup;

import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.ResourceName;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Collects everything that is wrong with a request, so that it is said at once. */
public final class Violations {
  private static final int LONGEST_LIST = 256;
  private static final int LONGEST_TEXT = 256;

  private final List<ApiProblem.Violation> found = new ArrayList<>();

  public void add(String field, String message) {
    found.add(new ApiProblem.Violation(field, message));
  }

  public void require(boolean holds, String field, String message) {
    if (!holds) {
      add(field, message);
    }
  }

  /** The constant of that name; null when absent or, with a violation, when unknown. */
  public <E extends Enum<E>> E constant(Class<E> type, String field, String value) {
    if (value == null) {
      return null;
    }
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(value)) {
        return constant;
      }
    }
    add(field, "must be one of " + Arrays.toString(type.getEnumConstants()));
    return null;
  }

  public void range(String field, Number value, long low, long high) {
    require(
        value == null || (value.longValue() >= low && value.longValue() <= high),
        field,
        "must be " + low + " to " + high);
  }

  public void name(String field, String value) {
    require(
        value == null || value.matches(ResourceName.PATTERN),
        field,
        "must be 1 to 63 lower-case letters, digits and inner hyphens");
  }

  /** Names or patterns of database objects: bounded, and free to hold any character but NUL. */
  public void texts(String field, List<String> values) {
    if (values == null) {
      return;
    }
    require(values.size() <= LONGEST_LIST, field, "must have at most " + LONGEST_LIST + " entries");
    for (int i = 0; i < Math.min(values.size(), LONGEST_LIST); i++) {
      text(field + "[" + i + "]", values.get(i));
    }
  }

  public void text(String field, String value) {
    require(
        value != null
            && !value.isEmpty()
            && value.length() <= LONGEST_TEXT
            && value.indexOf('\0') < 0,
        field,
        "must be 1 to " + LONGEST_TEXT + " characters without NUL");
  }

  public void labels(Map<String, String> labels) {
    if (labels == null) {
      return;
    }
    require(labels.size() <= 32, "labels", "must have at most 32 entries");
    labels.forEach(
        (key, value) ->
            require(
                key.matches("[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?")
                    && value != null
                    && value.length() <= LONGEST_TEXT,
                "labels",
                "each key must be 1 to 63 letters, digits, '.', '_', '/', '-' and each value at"
                    + " most 256 characters"));
  }

  /** An ISO-8601 duration; null when absent or, with a violation, when it is none. */
  public Duration duration(String field, String value) {
    if (value == null) {
      return null;
    }
    try {
      Duration duration = Duration.parse(value);
      if (duration.isPositive() && duration.compareTo(Duration.ofDays(30)) <= 0) {
        return duration;
      }
    } catch (DateTimeException notOne) {
      // Said below.
    }
    add(field, "must be an ISO-8601 duration of more than 0 and at most 30 days, such as PT2H");
    return null;
  }

  public void throwIfAny() {
    if (found.isEmpty()) {
      return;
    }
    ApiProblem.Violation first = found.getFirst();
    throw new ApiProblem(
        422,
        "invalid-request",
        first.field()
            + ": "
            + first.message()
            + (found.size() == 1 ? "" : " (and " + (found.size() - 1) + " more)"),
        "Correct the fields listed in violations.",
        found);
  }
}
