package io.holdfast.api.declared;

/**
 * What a {@code PUT} led to.
 *
 * @param created whether the resource is new; false in a dry run
 */
public record Declared<T>(T view, long version, boolean created) {}
