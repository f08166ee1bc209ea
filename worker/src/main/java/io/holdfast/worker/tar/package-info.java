/**
 * Looks into the tar streams of a base backup while they pass, and holds what it saw against
 * PostgreSQL's own {@code backup_manifest}. Nothing is extracted.
 */
package io.holdfast.worker.tar;
