/** Named points in the WAL of a primary. */
package io.holdfast.worker.point;
