/** The verb that replaces key-encryption keys. */
package io.holdfast.worker.rotation;
