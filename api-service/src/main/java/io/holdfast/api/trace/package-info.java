/**
 * To which trace what happens belongs, across Kafka too. Off unless a collector is named; the ids
 * are there all the same, so that the lines of logs can be joined.
 */
package io.holdfast.api.trace;
