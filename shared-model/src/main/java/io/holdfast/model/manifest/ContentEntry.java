package io.holdfast.model.manifest;

/**
 * A line of a dump's table of contents.
 *
 * @param type such as {@code TABLE}, {@code INDEX}, {@code TABLE DATA}
 * @param schema null where the object has none
 */
public record ContentEntry(String type, String schema, String name, String owner) {}
