/**
 * What declared resources have in common: preconditions, dry runs, the plan of a change, and the
 * form in which a kind of them can be declared in files.
 */
package io.holdfast.api.declared;
