/** Looking at an archive: what of a cluster's WAL is there, and how far its servers are ahead. */
package io.holdfast.worker.wal.observe;
