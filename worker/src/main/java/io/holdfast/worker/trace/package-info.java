/** The spans of a job and of its phases. Knows nothing of jobs. Off unless a collector is named. */
package io.holdfast.worker.trace;
