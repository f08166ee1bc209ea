/**
 * The append-only record of every access and change. A change writes its row in its own
 * transaction, so there is no change without one; every answered request writes another with its
 * status, in batches.
 */
package io.holdfast.api.audit;
