/**
 * The continuity of archives: what workers saw of them, the gaps, the recoverable windows, the
 * alarms, and the choice of the backup that a recovery begins with. {@link
 * io.holdfast.api.ledger.Continuity} is pure; the rest keeps and shows what it says.
 */
package io.holdfast.api.ledger;
