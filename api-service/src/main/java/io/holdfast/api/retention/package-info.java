/**
 * Retention: what stays and why, what goes, and the jobs that remove it. {@link
 * io.holdfast.api.retention.RetentionPlanner} decides and does nothing else; the services give it
 * the facts and carry out what it says.
 */
package io.holdfast.api.retention;
