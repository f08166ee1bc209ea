/**
 * Metrics that are read from the catalog: families whose series are replaced as a whole, sources
 * that fill them, and the schedule that asks the sources. A scrape shows what the last look found
 * and asks the catalog nothing. Every replica shows the whole catalog: take the maximum over
 * replicas. Names and labels are in docs/operations/metrics.md.
 */
package io.holdfast.api.metrics;
