/**
 * To when each cluster can be brought back, and what proves it: the answer for one cluster and for
 * the fleet, the sentence that a person would say, and the metrics of it.
 */
package io.holdfast.api.recoverability;
