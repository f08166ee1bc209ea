/** Asking for restores. */
package io.holdfast.api.restore;
