/**
 * The repositories that this worker's own configuration allows, drivers and decorators put
 * together.
 */
package io.holdfast.worker.repository.configured;
