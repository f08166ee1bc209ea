/**
 * {@code ./dev bench}: whole runs against named peers in the same session, medians of three, as
 * ratios. Writes the tables of {@code docs/benchmarks.md}.
 */
package io.holdfast.bench;
