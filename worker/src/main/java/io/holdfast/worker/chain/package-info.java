/**
 * Incremental base backups and what they build on: the chain down to a full one, proven member by
 * member, and combined into one directory by PostgreSQL's own {@code pg_combinebackup}.
 */
package io.holdfast.worker.chain;
