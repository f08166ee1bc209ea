package io.holdfast.worker.target.logical;

import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import java.io.InputStream;

/**
 * A dump as the repository holds it.
 *
 * @param database name, encoding, locale and owner as recorded at backup time
 * @param plainBytes decoded size: what a restore needs on disk that cannot stream it
 */
public record StoredDump(
    Artifact.Kind kind, Manifest.Database database, long plainBytes, DumpBytes bytes) {
  /** Opens the decoded bytes; more than once, because the table of contents is read first. */
  @FunctionalInterface
  public interface DumpBytes {
    InputStream open();
  }
}
