package io.holdfast.api.cluster;

import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.wal.ArchiveSpec;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * A declared archive that has been found sound, with its defaults filled in.
 *
 * @param transfer how a pushed file reaches the worker
 * @param headerFile absolute path on the database host; nothing in it is special to a shell or to
 *     {@code postgresql.conf} between double quotes
 * @param endpoint a URL on loopback without a path
 */
public record ClusterArchive(
    ArchiveSpec spec, Transfer transfer, String headerFile, String endpoint) {
  /** The server's curl sends it, or names it and the worker reads it beside the server. */
  public enum Transfer {
    SEND,
    READ
  }

  private static final Duration LONGEST = Duration.ofDays(30);
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final String DEFAULT_ENDPOINT = "http://127.0.0.1:9002";
  private static final Pattern PATH =
      Pattern.compile("/(?!.*(?:^|/)\\.\\.(?:/|$))[^\\p{Cntrl}\"'%$`\\\\]{1,1023}");
  private static final Pattern ENDPOINT =
      Pattern.compile(
          "http://(?:localhost|127(?:\\.(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])){3})"
              + "(?::([1-9][0-9]{0,4}))?");

  /** What a cluster that declares nothing would have. */
  public static ClusterArchive defaults(String cluster) {
    return of(cluster, new ArchiveView(null, null, null, null, null, null, null, null));
  }

  /**
   * @throws ApiProblem 422
   */
  static ClusterArchive of(String cluster, ArchiveView view) {
    boolean stream = "STREAM".equals(view.mode());
    duration("archive.recoveryPointObjective", view.recoveryPointObjective());
    duration("archive.partialInterval", view.partialInterval());
    require(
        stream || view.partialInterval() == null, "archive.partialInterval", "needs mode STREAM");
    require(
        stream || !Boolean.TRUE.equals(view.allowUnlimitedSlot()),
        "archive.allowUnlimitedSlot",
        "needs mode STREAM");
    require(!stream || view.transfer() == null, "archive.transfer", "needs mode PUSH");
    String header =
        view.headerFile() == null ? "/etc/holdfast/" + cluster + ".header" : view.headerFile();
    require(
        PATH.matcher(header).matches(),
        "archive.headerFile",
        "must be an absolute path without '..', quotes, '%', '$', '`', '\\' and control characters");
    String endpoint = view.endpoint() == null ? DEFAULT_ENDPOINT : view.endpoint();
    require(
        loopback(endpoint),
        "archive.endpoint",
        "must be an http URL on loopback without a path, such as " + DEFAULT_ENDPOINT);
    return new ClusterArchive(
        new ArchiveSpec(
            stream ? ArchiveSpec.Mode.STREAM : ArchiveSpec.Mode.PUSH,
            view.compressionLevel() == null ? 0 : view.compressionLevel(),
            view.recoveryPointObjective(),
            view.partialInterval(),
            Boolean.TRUE.equals(view.allowUnlimitedSlot())),
        view.transfer() == null ? Transfer.SEND : Transfer.valueOf(view.transfer()),
        header,
        endpoint);
  }

  ArchiveView view() {
    return new ArchiveView(
        spec.mode().name(),
        spec.mode() == ArchiveSpec.Mode.PUSH ? transfer.name() : null,
        spec.compressionLevel(),
        spec.recoveryPointObjective(),
        spec.partialInterval(),
        spec.mode() == ArchiveSpec.Mode.STREAM ? spec.unlimitedSlot() : null,
        headerFile,
        endpoint);
  }

  private static boolean loopback(String endpoint) {
    var match = ENDPOINT.matcher(endpoint);
    return match.matches() && (match.group(1) == null || Integer.parseInt(match.group(1)) <= 65535);
  }

  private static void duration(String field, Duration value) {
    require(
        value == null || (value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0),
        field,
        "must be PT1S to P30D");
  }

  private static void require(boolean holds, String field, String message) {
    if (!holds) {
      throw ApiProblem.invalid(field, message, "Correct it.");
    }
  }
}
