/** Asking for data keys to be wrapped by another key-encryption key. */
package io.holdfast.api.rotation;
