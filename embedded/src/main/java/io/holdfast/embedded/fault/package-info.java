/**
 * Faults on purpose: between two ends of a connection, and counted; a disk that is full soon. Uses
 * {@code process}.
 */
package io.holdfast.embedded.fault;
