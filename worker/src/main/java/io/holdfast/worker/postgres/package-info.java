/**
 * How the worker speaks to PostgreSQL: connections, the environment of libpq children, client tools
 * by major, and what an error means. Knows nothing of backups.
 */
package io.holdfast.worker.postgres;
