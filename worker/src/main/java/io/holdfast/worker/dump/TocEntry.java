package io.holdfast.worker.dump;

import java.util.List;

/**
 * One entry of an archive's table of contents.
 *
 * @param id the number by which {@code pg_restore --use-list} knows it
 * @param type such as {@code TABLE DATA}
 * @param definition the SQL; empty for data
 * @param schema null where the object has none
 * @param tablespace null where the object has none of its own
 * @param dependencies ids of entries that this one needs
 */
public record TocEntry(
    int id,
    String type,
    String tag,
    String definition,
    String schema,
    String tablespace,
    String owner,
    List<Integer> dependencies) {}
