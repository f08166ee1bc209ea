/**
 * One attempt of one job as the verbs see it. The verbs may use this package; only {@code job}
 * implements it, so that no verb knows about topics.
 */
package io.holdfast.worker.attempt;
