/**
 * The whole system from outside: REST, Kafka, workers, real PostgreSQL and stores; faults included.
 */
package io.holdfast.system;
