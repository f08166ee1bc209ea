/** Backups: what is asked for, and what committed manifests describe. */
package io.holdfast.api.backup;
