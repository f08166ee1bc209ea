/** Asking for what is stored to be put under other keys. */
package io.holdfast.api.reencryption;
