package io.holdfast.worker.source.physical;

import io.holdfast.model.manifest.Manifest.Tablespace;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/**
 * Where one archive ends in the answer to {@code BASE_BACKUP} and the next begins. Since PostgreSQL
 * 15 all of them come in one copy stream whose messages say what they are; before, each is a copy
 * stream of its own.
 */
final class ArchiveFrames {
  private static final int FRAMED_SINCE = 15;

  private final ReplicationStream stream;
  private final boolean framed;
  private final List<Tablespace> tablespaces;
  private int unframedIndex;
  private String pendingFile;
  private boolean inArchive;
  private boolean copyEnded;

  /**
   * @param stream behind the list of tablespaces
   */
  ArchiveFrames(ReplicationStream stream, int serverMajor, List<Tablespace> tablespaces)
      throws IOException, SQLException {
    this.stream = stream;
    this.framed = serverMajor >= FRAMED_SINCE;
    this.tablespaces = tablespaces;
    if (framed) {
      stream.expect('H');
    }
  }

  /**
   * Moves to the next archive.
   *
   * @return its file's name without the compression's suffix; null after the last
   * @throws IllegalStateException when the one before has not been read to its end
   */
  String nextFile() throws IOException, SQLException {
    if (inArchive) {
      throw new IllegalStateException("an archive has not been read to its end");
    }
    String file = framed ? nextFramed() : nextUnframed();
    inArchive = file != null;
    return file;
  }

  private String nextFramed() throws IOException, SQLException {
    if (pendingFile == null && !copyEnded && nextChunk()) {
      throw new IOException("a base backup has bytes that belong to no archive");
    }
    String file = pendingFile;
    pendingFile = null;
    return file;
  }

  /** A copy stream for each tablespace, the base behind them, then the manifest. */
  private String nextUnframed() throws IOException, SQLException {
    int index = unframedIndex++;
    if (index > tablespaces.size() + 1) {
      return null;
    }
    stream.expect('H');
    stream.skipBody();
    if (index < tablespaces.size()) {
      return tablespaces.get(index).oid() + ".tar";
    }
    return index == tablespaces.size() ? "base.tar" : BaseBackup.MANIFEST;
  }

  /** As {@link java.io.InputStream#read(byte[], int, int)}, of the current archive. */
  int read(byte[] buffer, int offset, int length) throws IOException, SQLException {
    while (inArchive && stream.bodyLeft() == 0) {
      inArchive = nextChunk();
    }
    return inArchive ? stream.read(buffer, offset, length) : -1;
  }

  /** Moves to the next payload of the current archive; false at its end. */
  private boolean nextChunk() throws IOException, SQLException {
    while (true) {
      char type = stream.next();
      if (type == 'c') {
        copyEnded = true;
        return false;
      }
      if (type != 'd') {
        throw new IOException("unexpected message '" + type + "' in a base backup");
      }
      if (!framed) {
        return true;
      }
      switch (stream.readByte()) {
        case 'd' -> {
          return true;
        }
        case 'p' -> {
          // The server's own progress; ours counts what arrives.
        }
        case 'n' -> {
          pendingFile = withoutCompression(stream.readText());
          stream.skipBody();
          return false;
        }
        case 'm' -> {
          pendingFile = BaseBackup.MANIFEST;
          stream.skipBody();
          return false;
        }
        default -> throw new IOException("unknown part of a base backup");
      }
    }
  }

  private static String withoutCompression(String file) throws IOException {
    int tar = file.indexOf(".tar");
    if (tar < 0) {
      throw new IOException("a base backup has an archive that is no tar: " + file);
    }
    return file.substring(0, tar + ".tar".length());
  }
}
