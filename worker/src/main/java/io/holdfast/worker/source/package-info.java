/** Streams out of PostgreSQL: dumps, globals, base backups, configuration files. */
package io.holdfast.worker.source;
