/**
 * Keys that encrypt and sign, resolved when they are used, so that a key that was changed,
 * withdrawn or added holds at once. Knows {@code secret} and the format of wrapped keys.
 */
package io.holdfast.worker.keys;
