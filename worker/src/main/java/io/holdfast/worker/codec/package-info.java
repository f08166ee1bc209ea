/** Compression in formats that standard tools read, and decoders that notice a missing end. */
package io.holdfast.worker.codec;
