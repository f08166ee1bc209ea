/** WAL in a repository: where a file lies, what its object looks like, storing and fetching it. */
package io.holdfast.worker.wal;
