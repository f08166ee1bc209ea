/**
 * What decides whether a backup exists: claims, the manifest, the layout of a repository. The
 * format is described in {@code docs/repository-format.md}.
 */
package io.holdfast.worker.manifest;
