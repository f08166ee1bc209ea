/** A real Kafka broker (KRaft, one node) in this JVM, or in one of its own. */
package io.holdfast.embedded.kafka;
