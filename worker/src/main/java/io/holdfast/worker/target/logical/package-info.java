/**
 * Dumps back into a running server: refused before anything is touched, built under a temporary
 * name, and renamed when whole.
 */
package io.holdfast.worker.target.logical;
