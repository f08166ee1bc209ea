/** What workers report, turned into rows: history, states, leases, and news for other packages. */
package io.holdfast.api.projection;
