package io.holdfast.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** Files of this repository, and YAML as maps and lists. */
final class Tree {
  static final Path HOME = Path.of(System.getProperty("holdfast.home")).toAbsolutePath();

  private Tree() {}

  static String text(String file) {
    try {
      return Files.readString(HOME.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Anchors and merged maps resolved; a key that stands twice is an error. */
  static List<Map<String, Object>> yaml(String text) {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    List<Map<String, Object>> documents = new ArrayList<>();
    new Yaml(strict).loadAll(text).forEach(document -> documents.add(map(document)));
    return documents;
  }

  /** The map at the end of the path; an empty one where something is absent. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object yaml, String... path) {
    Object found = yaml;
    for (String step : path) {
      found = found instanceof Map<?, ?> map ? map.get(step) : null;
    }
    return found == null ? Map.of() : (Map<String, Object>) found;
  }

  /** The list under the key; an empty one where it is absent. */
  @SuppressWarnings("unchecked")
  static List<Object> list(Map<String, Object> yaml, String key) {
    Object found = yaml.get(key);
    return found == null ? List.of() : (List<Object>) found;
  }
}
