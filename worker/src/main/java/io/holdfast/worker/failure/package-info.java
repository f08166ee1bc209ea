/** How a step says that it failed: a stable code, what is wrong, a hint. Every room may use it. */
package io.holdfast.worker.failure;
