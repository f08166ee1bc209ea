/**
 * The backup verb: one class that reads as the steps of a backup, one class per method. May use
 * every room of the worker but {@code job}, which uses it.
 */
package io.holdfast.worker.backup;
