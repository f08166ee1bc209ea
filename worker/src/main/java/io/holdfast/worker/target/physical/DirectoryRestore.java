package io.holdfast.worker.target.physical;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Manifest.Tablespace;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A base backup on its way into a directory. Everything is written beside the target; {@code
 * global/pg_control}, without which no server starts, is written last; {@link #publish} renames.
 * {@link #close} without it removes all that was written.
 *
 * <p>Archives may be extracted by several threads, one archive each.
 */
public final class DirectoryRestore implements Closeable {
  private static final String PG_CONTROL = "global/pg_control";
  private static final String TABLESPACE_MAP = "tablespace_map";

  /** Written at the end, or written anew. */
  private static final Set<String> HELD_BACK = Set.of(PG_CONTROL, TABLESPACE_MAP);

  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  private final TargetDirectory data;
  private final Map<Long, TargetDirectory> tablespaces;
  private final Map<String, byte[]> heldBack = new TreeMap<>();
  private Quarantine.Begin begin = Quarantine.Begin.AS_IT_IS;
  private List<String> following = List.of();

  private DirectoryRestore(TargetDirectory data, Map<Long, TargetDirectory> tablespaces) {
    this.data = data;
    this.tablespaces = tablespaces;
  }

  /**
   * Checks every directory and touches none.
   *
   * @param mapping original location -> new directory; a tablespace that is not in it goes back to
   *     its original location if that is allowed and empty
   * @param allowed whether a path lies below an allowed root
   * @param run makes the staging names unique
   * @throws JobFailure TARGET_REFUSED or TARGET_NOT_EMPTY
   */
  public static DirectoryRestore check(
      Path directory,
      List<Tablespace> spaces,
      Map<String, String> mapping,
      Predicate<Path> allowed,
      String run) {
    List<String> known = spaces.stream().map(Tablespace::location).toList();
    mapping.keySet().stream()
        .filter(location -> !known.contains(location))
        .findFirst()
        .ifPresent(
            stranger -> {
              throw new JobFailure(
                  ErrorCode.INVALID_SELECTION,
                  "the backup has no tablespace at '" + stranger + "'",
                  "It has tablespaces at " + known + ".");
            });
    Map<Long, TargetDirectory> targets = new TreeMap<>();
    for (Tablespace space : spaces) {
      String wanted = mapping.getOrDefault(space.location(), space.location());
      try {
        targets.put(space.oid(), TargetDirectory.check(Path.of(wanted), allowed, run));
      } catch (JobFailure refusal) {
        throw new JobFailure(
            refusal.code(),
            "tablespace " + space.name() + ": " + refusal.getMessage(),
            "Map it in 'tablespaces': the original location '"
                + space.location()
                + "' to a directory that is allowed and empty.",
            refusal);
      }
    }
    DirectoryRestore restore =
        new DirectoryRestore(TargetDirectory.check(directory, allowed, run), targets);
    restore.requireApart();
    return restore;
  }

  /** One directory inside another would be in the way when that one is renamed into place. */
  private void requireApart() {
    List<TargetDirectory> all = all();
    for (int i = 0; i < all.size(); i++) {
      for (TargetDirectory other : all.subList(i + 1, all.size())) {
        if (all.get(i).overlaps(other)) {
          throw new JobFailure(
              ErrorCode.TARGET_REFUSED,
              "'" + all.get(i).target() + "' and '" + other.target() + "' lie in one another",
              "Give the data directory and every tablespace a directory of its own, side by"
                  + " side.");
        }
      }
    }
  }

  /** What will be set in the copy, for the report. */
  public static List<String> quarantine() {
    return Quarantine.SETTINGS;
  }

  /**
   * The copy will begin with archive recovery. Until somebody gives it a restore_command it refuses
   * to start, so that a restore that was killed halfway opens nothing.
   */
  public void recovers() {
    begin = Quarantine.Begin.RECOVERS;
  }

  /**
   * The copy will begin as a standby.
   *
   * @param settings lines that beat those of the quarantine
   */
  public void follows(List<String> settings) {
    begin = Quarantine.Begin.FOLLOWS;
    following = List.copyOf(settings);
  }

  /** Takes the locks and makes the staging directories. */
  public void stage() {
    data.stage();
    tablespaces.values().forEach(TargetDirectory::stage);
  }

  /** Extracts {@code base.tar}. The caller closes the stream. */
  public void extractBase(InputStream tar) {
    heldBack.putAll(TarExtraction.extract(tar, data.staging(), HELD_BACK));
  }

  /** Extracts one tablespace's tar. */
  public void extractTablespace(long oid, InputStream tar) {
    TarExtraction.extract(tar, tablespaces.get(oid).staging(), Set.of());
  }

  /**
   * The staged directories, for a program that fills them instead of {@link #extractBase} and
   * {@link #extractTablespace}; {@link #adopt} then follows.
   *
   * @param members a path beside the data directory for what the program reads: nothing is there
   *     yet, and {@link #close} removes it
   * @param tablespaces by oid; empty directories as {@code data} is
   */
  public record Staged(Path data, Map<Long, Path> tablespaces, Path members) {}

  /** To be called behind {@link #stage}. */
  public Staged staged() {
    Map<Long, Path> spaces = new TreeMap<>();
    tablespaces.forEach((oid, directory) -> spaces.put(oid, directory.staging()));
    return new Staged(data.staging(), spaces, data.members());
  }

  /**
   * Takes over what a program has written into {@link #staged}: its {@code pg_control} is held back
   * again, and its links to the tablespaces, which lead to staging, give way to a map.
   */
  public void adopt() {
    Path control = data.staging().resolve(PG_CONTROL);
    try {
      if (Files.exists(control)) {
        heldBack.put(PG_CONTROL, Files.readAllBytes(control));
        Files.delete(control);
      }
      for (Long oid : tablespaces.keySet()) {
        heldBack.put(TABLESPACE_MAP, new byte[0]);
        Files.deleteIfExists(data.staging().resolve("pg_tblspc").resolve(oid.toString()));
      }
      Files.deleteIfExists(data.staging().resolve(TABLESPACE_MAP));
    } catch (IOException e) {
      throw cannotWrite(data.staging(), e);
    }
  }

  /**
   * Completes the copy, makes it durable and puts it in place. To be called only when every archive
   * has proven itself.
   *
   * @param configuration file name -> content, for a source whose configuration files lie outside
   *     its data directory; used where the copy has none
   */
  public void publish(Map<String, byte[]> configuration) {
    if (!heldBack.containsKey(PG_CONTROL)) {
      throw new JobFailure(
          ErrorCode.ARTIFACT_DAMAGED,
          "the base archive has no " + PG_CONTROL,
          "Use another backup.");
    }
    Path root = data.staging();
    try {
      Files.deleteIfExists(root.resolve("postmaster.pid"));
      Quarantine.apply(root, data.target(), configuration, begin, following);
      if (heldBack.containsKey(TABLESPACE_MAP)) {
        Files.writeString(root.resolve(TABLESPACE_MAP), rewrittenMap());
      }
      TarExtraction.createDirectories(root.resolve("global"));
      Files.write(root.resolve(PG_CONTROL), heldBack.get(PG_CONTROL));
    } catch (IOException e) {
      throw cannotWrite(root, e);
    }
    for (TargetDirectory directory : all()) {
      giveToServer(directory.staging());
      run("/usr/bin/sync", "-f", directory.staging().toString());
    }
    publishAll();
  }

  /** The data directory last: without it no server finds the tablespaces. All or none. */
  private void publishAll() {
    List<TargetDirectory> published = new ArrayList<>();
    try {
      for (TargetDirectory directory : all()) {
        directory.publish();
        published.add(directory);
      }
    } catch (JobFailure e) {
      for (TargetDirectory directory : published) {
        directory.withdraw(e);
      }
      throw e;
    }
  }

  /** A line per tablespace, {@code oid path}; the server makes the links from it when it starts. */
  private String rewrittenMap() {
    StringBuilder map = new StringBuilder();
    tablespaces.forEach(
        (oid, directory) ->
            map.append(oid)
                .append(' ')
                .append(
                    directory
                        .target()
                        .toString()
                        .replace("\\", "\\\\")
                        .replace("\n", "\\\n")
                        .replace("\r", "\\\r"))
                .append('\n'));
    return map.toString();
  }

  /**
   * Makes of a copy that is stopped a standby: one that was recovered and follows nobody starts
   * read-only where recovery ended, whenever that is, until somebody promotes it.
   *
   * @param settings lines that beat those of the quarantine
   */
  public static void rest(Path data, List<String> settings) {
    try {
      Quarantine.rest(data, settings);
    } catch (IOException e) {
      throw cannotWrite(data, e);
    }
    giveToServer(data);
  }

  private static void giveToServer(Path directory) {
    if (ROOT) {
      run("/usr/bin/chown", "-R", "-h", "postgres:postgres", directory.toString());
    }
  }

  private static void run(String program, String... arguments) {
    String said =
        ChildProcess.output(
            ChildCommand.of(Path.of(program), arguments),
            1000,
            (exit, complaint) ->
                new JobFailure(
                    ErrorCode.RESTORE_FAILED,
                    exit + ": " + complaint,
                    "Look at the target's disk."));
    if (!said.isBlank()) {
      throw new IllegalStateException(program + " said: " + said);
    }
  }

  private List<TargetDirectory> all() {
    List<TargetDirectory> all = new ArrayList<>(tablespaces.values());
    all.add(data);
    return all;
  }

  static JobFailure cannotWrite(Path path, IOException e) {
    boolean full = String.valueOf(e.getMessage()).contains("No space left");
    return new JobFailure(
        full ? ErrorCode.NO_SPACE : ErrorCode.RESTORE_FAILED,
        "writing below '" + path + "' failed: " + e.getMessage(),
        "Look at the space and the permissions of the target's file system.",
        e);
  }

  /** A path as text for messages. */
  @Override
  public String toString() {
    return data.target().toString();
  }

  @Override
  public void close() throws IOException {
    for (TargetDirectory directory : all()) {
      directory.close();
    }
  }
}
