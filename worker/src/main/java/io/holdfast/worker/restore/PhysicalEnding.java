package io.holdfast.worker.restore;

import io.holdfast.worker.target.physical.DirectoryRestore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** What becomes of a base backup once its files are in place. Used once; the caller closes it. */
interface PhysicalEnding extends Closeable {
  /** Refuses what cannot work, and tells what would be done. Changes nothing. */
  void prove(Report report);

  /** Says how the copy begins. */
  void prepare(DirectoryRestore restore);

  /** Brings the published copy to its end. */
  void finish(Path directory, Report report) throws IOException;
}
