package io.holdfast.worker.chain;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Artifact.Kind;
import io.holdfast.worker.attempt.Attempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.scratch.FileTree;
import io.holdfast.worker.stored.BaseArchives;
import io.holdfast.worker.stored.BaseExtraction;
import io.holdfast.worker.stored.StoredBackup;
import io.holdfast.worker.target.physical.DirectoryRestore;
import io.holdfast.worker.target.physical.DirectoryRestore.Staged;
import io.holdfast.worker.target.physical.TarExtraction;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings a base backup, full or incremental, into a directory. The members of a chain are extracted
 * side by side beside the target, each proven while it is read, and combined into staging.
 */
public final class ChainExtraction {
  private static final String PROGRAM = "pg_combinebackup";
  private static final String TABLESPACE_MAP = "tablespace_map";

  /** Since then members can be linked instead of copied; nobody needs them afterwards. */
  private static final int LINKS_SINCE = 18;

  private ChainExtraction() {}

  /**
   * To be called before anything is staged.
   *
   * @throws JobFailure TOOLS_MISSING when the worker cannot combine this chain
   */
  public static void requireProgram(BackupChain chain, PgTools programs) {
    if (chain.isIncremental()) {
      Path unused = programs.server(PROGRAM, chain.asked().major());
    }
  }

  /**
   * @param restore checked, not yet staged
   * @param beforePublish the last moment to refuse
   * @return how many files were read
   * @throws JobFailure as {@link BaseArchives#read}; TOOLS_MISSING, NO_SPACE, RESTORE_FAILED
   */
  public static int run(
      BackupChain chain, DirectoryRestore restore, PgTools programs, Runnable beforePublish) {
    chain.asked().attempt().phase("RESTORING", chain.plainBytes());
    if (!chain.isIncremental()) {
      return BaseExtraction.run(chain.asked(), restore, beforePublish);
    }
    requireProgram(chain, programs);
    restore.stage();
    Staged staged = restore.staged();
    try {
      TarExtraction.createDirectories(staged.members());
      int files = 0;
      for (int number = 1; number <= chain.members().size(); number++) {
        files += extract(chain.members().get(number - 1), number, staged.members());
      }
      chain.asked().attempt().phase("COMBINING", null);
      combine(chain, staged, programs);
      FileTree.delete(staged.members());
      restore.adopt();
      Map<String, byte[]> configuration =
          BaseExtraction.configuration(new BaseArchives(chain.asked()));
      beforePublish.run();
      restore.publish(configuration);
      return files;
    } catch (IOException e) {
      throw failed("writing below '" + staged.members() + "' failed: " + e.getMessage(), e);
    }
  }

  /** As the directory that {@code pg_basebackup} would have written. */
  private static int extract(StoredBackup member, int number, Path members) throws IOException {
    Path data = members.resolve(Integer.toString(number));
    TarExtraction.createDirectories(data.resolve("pg_tblspc"));
    BaseArchives archives = new BaseArchives(member);
    int files =
        archives.read(
            (oid, tar) -> {
              Path into = oid == null ? data : tablespace(members, number, oid);
              TarExtraction.createDirectories(into);
              if (oid != null) {
                Files.createSymbolicLink(data.resolve("pg_tblspc").resolve(oid.toString()), into);
              }
              Map<String, byte[]> unused =
                  TarExtraction.extract(tar, into, oid == null ? Set.of(TABLESPACE_MAP) : Set.of());
            });
    Files.write(data.resolve("backup_manifest"), archives.bytes(Kind.BACKUP_MANIFEST));
    return files;
  }

  private static Path tablespace(Path members, int number, long oid) {
    return members.resolve(number + "-" + oid);
  }

  private static void combine(BackupChain chain, Staged staged, PgTools programs)
      throws IOException {
    int last = chain.members().size();
    List<String> arguments = new ArrayList<>();
    arguments.add("--output=" + staged.data());
    // What is published is made durable as a whole, and a copy has no use for a manifest.
    arguments.add("--no-sync");
    arguments.add("--no-manifest");
    if (chain.asked().major() >= LINKS_SINCE && onOneFileSystem(staged)) {
      arguments.add("--link");
    }
    staged
        .tablespaces()
        .forEach(
            (oid, directory) ->
                arguments.add(
                    "--tablespace-mapping="
                        + escaped(tablespace(staged.members(), last, oid))
                        + "="
                        + escaped(directory)));
    for (int number = 1; number <= last; number++) {
      arguments.add(Integer.toString(number));
    }
    ChildCommand command =
        ChildCommand.of(programs.server(PROGRAM, chain.asked().major()))
            .with(arguments)
            .in(staged.members());
    Attempt attempt = chain.asked().attempt();
    try (ChildProcess child = ChildProcess.start(command);
        Progress.Registration stop = attempt.closeOnStop(child)) {
      child.closeStdin();
      child.stdout().transferTo(OutputStream.nullOutputStream());
      int unused = child.awaitExit();
      attempt.advanced(0); // a stop is the reason, if there was one
      child.awaitSuccess(
          (exit, complaint) ->
              failed("combining " + chain.describe() + ": " + exit + ": " + complaint, null));
    }
  }

  private static boolean onOneFileSystem(Staged staged) throws IOException {
    Object device = Files.getAttribute(staged.members(), "unix:dev");
    for (Path directory : staged.tablespaces().values()) {
      if (!Files.getAttribute(directory, "unix:dev").equals(device)) {
        return false;
      }
    }
    return true;
  }

  /** A mapping is cut at its first equals sign. */
  private static String escaped(Path path) {
    return path.toString().replace("=", "\\=");
  }

  private static JobFailure failed(String detail, IOException cause) {
    boolean full = detail.contains("No space left");
    return new JobFailure(
        full ? ErrorCode.NO_SPACE : ErrorCode.RESTORE_FAILED,
        detail,
        "Look at the space and the permissions of the target's file system; a chain takes the room"
            + " of all its members beside the target while it is combined.",
        cause);
  }
}
