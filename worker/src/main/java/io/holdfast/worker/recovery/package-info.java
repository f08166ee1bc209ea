/**
 * Recovery to a point in time: the way there is proven before a byte is copied, and what was
 * reached is compared with what was asked for before the copy is opened.
 */
package io.holdfast.worker.recovery;
