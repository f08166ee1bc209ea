/** The verb restore: brings a committed backup back, refusing rather than overwriting. */
package io.holdfast.worker.restore;
