package io.holdfast.api.page;

import io.holdfast.api.problem.ApiProblem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** Where the next page begins: opaque to a caller, the last row's sort key to us. */
public final class Cursor {
  public static final int DEFAULT_LIMIT = 50;
  public static final int MAX_LIMIT = 200;

  private Cursor() {}

  /**
   * The wanted size of a page; more than 200 is 200.
   *
   * @throws ApiProblem 400 when it is less than 1
   */
  public static int limit(Integer wanted) {
    if (wanted != null && wanted < 1) {
      throw ApiProblem.badParameter(
          "limit", "must be at least 1", "Ask for 1 to " + MAX_LIMIT + " items, or leave it out.");
    }
    return wanted == null ? DEFAULT_LIMIT : Math.min(wanted, MAX_LIMIT);
  }

  public static String encode(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The sort key in a cursor; null without one.
   *
   * @throws ApiProblem 422 when the text is not one of our cursors
   */
  public static String decode(String cursor) {
    if (cursor == null || cursor.isEmpty()) {
      return null;
    }
    try {
      String key = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      if (!key.isEmpty() && key.length() <= 100 && key.chars().allMatch(c -> c > 31 && c < 127)) {
        return key;
      }
    } catch (IllegalArgumentException notBase64) {
      // Said below.
    }
    throw invalid();
  }

  /** As {@link #decode(String)} for a list that is sorted by a number. */
  public static Long decodeNumber(String cursor) {
    String key = decode(cursor);
    try {
      return key == null ? null : Long.valueOf(key);
    } catch (NumberFormatException e) {
      throw invalid();
    }
  }

  /** The cursor after {@code rows}, of which one more than {@code limit} was read. */
  public static <T> String next(List<T> rows, int limit, Function<T, String> key) {
    return rows.size() > limit ? encode(key.apply(rows.get(limit - 1))) : null;
  }

  private static ApiProblem invalid() {
    return ApiProblem.invalid(
        "cursor", "is not a cursor of this list", "Pass nextCursor of the page before, unchanged.");
  }
}
