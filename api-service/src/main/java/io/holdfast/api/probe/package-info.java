/** Repositories tried by workers: a job for each probe, and its result for the repository. */
package io.holdfast.api.probe;
