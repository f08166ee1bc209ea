/** The directory driver: temporary file, fsync, rename, fsync of the folder. */
package io.holdfast.worker.repository.filesystem;
