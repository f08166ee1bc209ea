/** Checks: a job that looks at everything a backup of a cluster will need. */
package io.holdfast.api.check;
