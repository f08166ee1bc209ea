/**
 * The fleet as files: several declarations applied as one, with a plan, an owner and pruning, and
 * written out again. Knows declarations only as {@link io.holdfast.api.declared.DeclaredKind}, so
 * that a file means what the {@code PUT} of each kind means.
 */
package io.holdfast.api.fleet;
