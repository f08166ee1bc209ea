package io.holdfast.api.declared;

/**
 * One declaration among several was put or deleted by a request. Fired in the transaction that does
 * it.
 *
 * @param operation that would have done the same alone, such as {@code putCluster}
 * @param path of the declaration
 */
public record DeclarationApplied(String operation, String path) {}
