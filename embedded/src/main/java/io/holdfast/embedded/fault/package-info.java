/** Faults between two ends of a connection, injected on purpose and counted. Uses the JDK only. */
package io.holdfast.embedded.fault;
