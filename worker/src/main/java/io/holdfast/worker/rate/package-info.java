/** Waiting on purpose: the rate limit and the injected waiter that nothing else may replace. */
package io.holdfast.worker.rate;
