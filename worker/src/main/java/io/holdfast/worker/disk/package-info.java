/** How large files reach the worker's disks. */
package io.holdfast.worker.disk;
