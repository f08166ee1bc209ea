package io.holdfast.worker.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to start. Arguments are passed as they are, never through a shell; a name that a user chose
 * belongs into the environment or behind a {@code --option=}, never into a bare argument.
 *
 * @param environment everything the child sees besides {@code PATH} and {@code LANG}; kept out of
 *     {@link #toString} because it may name secret files
 * @param user run as this operating system user; null keeps the worker's own. Obeyed only when the
 *     worker is root, because nobody else may change users
 * @param directory working directory; null means the worker's
 */
public record ChildCommand(
    Path tool,
    List<String> arguments,
    Map<String, String> environment,
    String user,
    Path directory) {
  public ChildCommand {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  public static ChildCommand of(Path tool, String... arguments) {
    return new ChildCommand(tool, List.of(arguments), Map.of(), null, null);
  }

  public ChildCommand with(String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return new ChildCommand(tool, all, environment, user, directory);
  }

  public ChildCommand with(List<String> more) {
    return with(more.toArray(String[]::new));
  }

  public ChildCommand withEnvironment(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(environment);
    all.putAll(more);
    return new ChildCommand(tool, arguments, all, user, directory);
  }

  /** PostgreSQL's server programs refuse to run as root. */
  public ChildCommand asUser(String name) {
    return new ChildCommand(tool, arguments, environment, name, directory);
  }

  public ChildCommand in(Path workingDirectory) {
    return new ChildCommand(tool, arguments, environment, user, workingDirectory);
  }

  /** The program's name for messages. */
  public String name() {
    return tool.getFileName().toString();
  }

  @Override
  public String toString() {
    return name();
  }
}
