/**
 * The scan verb: what lies in a repository, found by listing it and reading its manifests, told in
 * pages. Writes nothing and deletes nothing.
 */
package io.holdfast.worker.scan;
