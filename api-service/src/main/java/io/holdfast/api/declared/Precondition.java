package io.holdfast.api.declared;

import io.holdfast.api.problem.ApiProblem;

/**
 * {@code If-Match} and {@code If-None-Match} of a request on a declared resource. The ETag stands
 * for the declaration alone: what workers observe does not change it.
 *
 * @param ifMatch null when absent
 * @param ifNoneMatch null when absent
 */
public record Precondition(String ifMatch, String ifNoneMatch) {
  public static String etag(long version) {
    return "\"" + version + "\"";
  }

  /**
   * For a resource that does not exist yet.
   *
   * @throws ApiProblem 412 when the caller expected to change one
   */
  public void requireCreate(String what, String name) {
    if (ifMatch != null) {
      throw stale("There is no " + what + " '" + name + "' to change.");
    }
  }

  /**
   * For a resource that exists.
   *
   * @throws ApiProblem 428 without {@code If-Match}, 412 when it names another version
   */
  public void requireMatch(String what, String name, long version) {
    if (ifNoneMatch != null) {
      throw stale("The " + what + " '" + name + "' exists already.");
    }
    if (ifMatch == null) {
      throw new ApiProblem(
          428,
          "precondition-required",
          "The " + what + " '" + name + "' exists: changing or deleting it needs If-Match.",
          "Read it and send its ETag back as If-Match, or If-Match: * to take any version.");
    }
    String wanted = ifMatch.strip();
    if (!wanted.equals("*") && !wanted.equals(etag(version))) {
      throw stale(
          "The "
              + what
              + " '"
              + name
              + "' is at "
              + etag(version)
              + ", not at what If-Match says.");
    }
  }

  private static ApiProblem stale(String detail) {
    return new ApiProblem(
        412, "precondition-failed", detail, "Read it again and decide on what you see.");
  }
}
