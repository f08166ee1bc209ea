package io.holdfast.worker.dump;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Parses a dump to its end. {@code pg_restore --list} is not enough: it says that all is well of a
 * truncated archive.
 *
 * @param pgRestore of a major not older than the pg_dump that wrote the dump
 * @param scratch where a directory dump is unpacked for the time of the check
 */
public record DumpStructure(Path pgRestore, Path scratch) {
  private static final String TRAILER = "-- PostgreSQL database dump complete";
  private static final String CLUSTER_TRAILER = "-- PostgreSQL database cluster dump complete";

  /** Newer minor releases write an {@code \\unrestrict} line and blank lines after the trailer. */
  private static final int TAIL_BYTES = 4096;

  /**
   * Reads the stream to its end and leaves it open.
   *
   * @throws JobFailure ARTIFACT_DAMAGED with what is wrong; whatever the stream itself throws
   *     passes
   */
  public void check(Artifact.Kind kind, InputStream plain) {
    try {
      switch (kind) {
        case DUMP_CUSTOM -> {
          run(ChildCommand.of(pgRestore, "--file=/dev/null"), plain);
          // pg_restore stops after the last entry; the artifact's digest is of every byte.
          plain.transferTo(OutputStream.nullOutputStream());
        }
        case DUMP_DIRECTORY -> directory(plain);
        case DUMP_PLAIN -> trailer(plain, TRAILER);
        case GLOBALS -> trailer(plain, CLUSTER_TRAILER);
        case BASE_TAR, TABLESPACE_TAR, BACKUP_MANIFEST, CONFIG_TAR, INVENTORY ->
            throw new IllegalArgumentException(kind + " is not a dump");
      }
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          "the dump could not be read to its end",
          "verify the backup",
          e);
    }
  }

  private void directory(InputStream plain) throws IOException {
    try (DumpFolder folder = DumpFolder.create(scratch)) {
      folder.unpack(plain);
      run(
          ChildCommand.of(pgRestore, "--format=directory", "--file=/dev/null")
              .with(folder.path().toString()),
          InputStream.nullInputStream());
    }
  }

  private static void run(ChildCommand command, InputStream stdin) throws IOException {
    try (ChildProcess child = ChildProcess.start(command)) {
      Feeder.feed(child, stdin);
      child.awaitSuccess(
          (exit, complaint) ->
              new JobFailure(
                  ErrorCode.ARTIFACT_DAMAGED,
                  "the dump cannot be parsed: " + exit + ": " + complaint,
                  "take a new backup; this one cannot be restored"));
    }
  }

  private static void trailer(InputStream plain, String trailer) throws IOException {
    byte[] chunk = new byte[64 * 1024];
    byte[] tail = new byte[0];
    for (int n = plain.read(chunk); n >= 0; n = plain.read(chunk)) {
      ByteArrayOutputStream joined = new ByteArrayOutputStream();
      joined.write(tail, 0, tail.length);
      joined.write(chunk, 0, n);
      byte[] all = joined.toByteArray();
      int keep = Math.min(TAIL_BYTES, all.length);
      tail = java.util.Arrays.copyOfRange(all, all.length - keep, all.length);
    }
    // As a line of its own: the same words inside a row have other bytes before them.
    if (!("\n" + new String(tail, StandardCharsets.ISO_8859_1)).contains("\n" + trailer + "\n")) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          "the dump does not end with the line '" + trailer + "': it was cut off",
          "take a new backup; this one cannot be restored");
    }
  }
}
