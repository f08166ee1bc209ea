/** Where a worker keeps what cannot be streamed, and how nothing of it outlives the worker. */
package io.holdfast.worker.scratch;
