/** Commands leave through here: written in the caller's transaction, signed and sent after it. */
package io.holdfast.api.outbox;
