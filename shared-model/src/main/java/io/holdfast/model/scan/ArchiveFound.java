package io.holdfast.model.scan;

import java.util.List;

/**
 * The archived WAL of one server.
 *
 * @param segments whole ones
 * @param bytes stored, of every object
 */
public record ArchiveFound(
    String cluster, String systemIdentifier, long segments, long bytes, List<Range> ranges) {
  /** Whole segments without a gap, as file names, both ends included. */
  public record Range(int timeline, String first, String last) {}
}
