/**
 * Legal holds: what the store itself keeps until it is told otherwise. Knows repositories and where
 * a backup's objects lie.
 */
package io.holdfast.worker.hold;
