/**
 * Where backups live: one small interface, two drivers, decorators around them. Knows objects and
 * bytes, nothing of backups.
 */
package io.holdfast.worker.repository;
