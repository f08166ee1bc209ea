package io.holdfast.model.job;

/**
 * A system that a cluster was before, of which all WAL goes.
 *
 * @param systemIdentifier decimal text
 * @param because why nothing needs its WAL any more, for people
 */
public record FormerSystem(String systemIdentifier, String because) {}
