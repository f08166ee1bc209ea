/**
 * The verify verb: restore into nothing, never a second reading of the formats. May use every room
 * of the worker but {@code job}, which uses it.
 */
package io.holdfast.worker.verify;
