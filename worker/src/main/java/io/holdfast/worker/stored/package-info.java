/** A committed backup as restore and verify read it: artifact by artifact, each proving itself. */
package io.holdfast.worker.stored;
