/**
 * Restores base backups into directories: beside the target first, renamed into place when
 * everything is proven.
 */
package io.holdfast.worker.target.physical;
