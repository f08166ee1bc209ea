/** What declared resources have in common: preconditions, dry runs and the plan of a change. */
package io.holdfast.api.declared;
