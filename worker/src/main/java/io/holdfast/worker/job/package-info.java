/**
 * The worker's edge: takes commands from Kafka, runs each job on a thread of its own and reports
 * events. The only package that sees reactive messaging. May use every verb; no verb uses it.
 */
package io.holdfast.worker.job;
