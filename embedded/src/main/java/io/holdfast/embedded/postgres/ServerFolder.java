package io.holdfast.embedded.postgres;

import io.holdfast.embedded.process.Account;
import io.holdfast.embedded.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * What one server keeps on disk: {@code data} (the data directory), {@code server.log} and {@code
 * port}. Starts nothing and asks no server.
 *
 * @param account who owns it
 */
record ServerFolder(Path path, Account account) {

  /** The major version of the data directory in {@code folder}. */
  static int majorIn(Path folder) {
    try {
      return Integer.parseInt(Files.readString(folder.resolve("data/PG_VERSION")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("no PostgreSQL data directory in " + folder, e);
    }
  }

  static boolean hasData(Path folder) {
    return Files.exists(folder.resolve("data/PG_VERSION"));
  }

  void prepare() {
    if (!account.reaches(path)) {
      throw new IllegalStateException(
          path + " lies below a folder that the user postgres may not enter");
    }
    account.createPrivate(path);
  }

  /** Makes the data directory, with data checksums, UTF-8 and the C collation. */
  void initialise(Command initdb, Login superuser) {
    Path passwordFile = path.resolve("initial-password");
    try {
      Files.createFile(passwordFile);
      account.give(passwordFile);
      Files.setPosixFilePermissions(passwordFile, PosixFilePermissions.fromString("rw-------"));
      Files.writeString(passwordFile, superuser.password());
      initdb
          .with("-D", data().toString(), "-U", superuser.username(), "--data-checksums")
          .with("--pwfile=" + passwordFile, "--auth-local=trust", "--auth-host=scram-sha-256")
          .with("--encoding=UTF8", "--locale=C")
          .run(PostgresServer.PATIENCE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write in " + path, e);
    } finally {
      delete(passwordFile);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + file, e);
    }
  }

  Path data() {
    return path.resolve("data");
  }

  void append(String file, String text) {
    try {
      Files.writeString(data().resolve(file), text, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + " of " + path, e);
    }
  }

  /** The port of earlier starts. */
  OptionalInt port() {
    Path file = path.resolve("port");
    try {
      return Files.exists(file)
          ? OptionalInt.of(Integer.parseInt(Files.readString(file).strip()))
          : OptionalInt.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the port of " + path, e);
    }
  }

  void keepPort(int port) {
    try {
      Files.writeString(path.resolve("port"), Integer.toString(port));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the port of " + path, e);
    }
  }

  Path log() {
    return path.resolve("server.log");
  }

  /** Everything the server has logged so far. */
  String logged() {
    try {
      return Files.exists(log()) ? Files.readString(log(), StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the log of " + path, e);
    }
  }

  /** The running server's first process. */
  Optional<ProcessHandle> postmaster() {
    try (Stream<String> lines = Files.lines(data().resolve("postmaster.pid"))) {
      long pid = Long.parseLong(lines.findFirst().orElse("0").strip());
      // A stale file may name a process that has nothing to do with us.
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .filter(found -> found.info().command().map(c -> c.contains("postgres")).orElse(true));
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    return path.toString();
  }
}
