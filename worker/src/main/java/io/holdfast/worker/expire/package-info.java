/**
 * Expire: removing what nothing needs any more. Knows repositories, manifests and WAL; what is to
 * go was decided elsewhere, and is held here against what the repository says.
 */
package io.holdfast.worker.expire;
