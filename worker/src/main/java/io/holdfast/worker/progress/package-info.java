/** What a running step says while it runs, and how it learns that it must stop. */
package io.holdfast.worker.progress;
