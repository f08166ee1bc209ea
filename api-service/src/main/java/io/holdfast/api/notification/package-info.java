/**
 * Tells people and machines outside what happened. What is to be told becomes a row for each target
 * whose routes take it, in the transaction of what happened; {@code DeliveryRelay} sends rows, each
 * at least once. A heartbeat is the other way round: it is sent while all is well.
 *
 * <p>Listens to jobs, archives and events; nobody depends on it.
 */
package io.holdfast.api.notification;
