package io.holdfast.deploy;

import io.holdfast.embedded.ServiceJars;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The configuration keys that a built service reads where it runs, found in its own jars: the
 * mappings of the service and of its libraries, the single keys of the service, and its own {@code
 * application.properties}. {@code *} stands for a name of the user's choice.
 */
final class KnownSettings {
  private static final String MAPPING = "io.smallrye.config.ConfigMapping";
  private static final Pattern SINGLE = Pattern.compile("holdfast(\\.[a-z][a-z0-9-]*)+");

  /** Read by the messaging library for every channel, by name and not by a mapping. */
  private static final String BROKERS = "kafka.bootstrap.servers";

  private final Set<String> keys = new TreeSet<>(Set.of(BROKERS));

  private KnownSettings() {}

  static KnownSettings api() {
    return of(ServiceJars.built().api());
  }

  static KnownSettings worker() {
    return of(ServiceJars.built().worker());
  }

  private static KnownSettings of(Path runJar) {
    KnownSettings known = new KnownSettings();
    try (Stream<Path> files = Files.walk(runJar.getParent())) {
      List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
      List<URL> urls = new ArrayList<>();
      for (Path jar : jars) {
        urls.add(url(jar));
      }
      try (URLClassLoader loader =
          new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
        for (Path jar : jars) {
          known.read(jar, loader);
        }
      }
      return known;
    } catch (IOException | ReflectiveOperationException e) {
      throw new IllegalStateException("cannot look into " + runJar, e);
    }
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a service reads an environment variable of that name. */
  boolean readsVariable(String name) {
    return keys.stream()
        .map(key -> key.replaceAll("[^A-Za-z0-9*]", "_").toUpperCase().replace("*", "[A-Z0-9_]+"))
        .anyMatch(name::matches);
  }

  /** Whether a service reads a key of that name in a file. */
  boolean readsKey(String name) {
    return keys.stream()
        .map(key -> Pattern.quote(key).replace("*", "\\E[^.]+\\Q"))
        .anyMatch(name::matches);
  }

  private void read(Path jar, ClassLoader loader) throws IOException, ReflectiveOperationException {
    String name = jar.getFileName().toString();
    boolean ours = jar.getParent().endsWith("app");
    if (!ours && !name.startsWith("io.quarkus.") && !name.startsWith("io.smallrye.")) {
      return;
    }
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
        try (InputStream in = file.getInputStream(entry)) {
          if (ours && entry.getName().equals("application.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            keys.addAll(properties.stringPropertyNames());
          } else if (entry.getName().endsWith(".class")) {
            readClass(entry.getName(), in.readAllBytes(), loader);
          }
        }
      }
    }
  }

  private void readClass(String entry, byte[] bytes, ClassLoader loader)
      throws ReflectiveOperationException {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (text.contains("inject/ConfigProperty;")) {
      Matcher single = SINGLE.matcher(text);
      while (single.find()) {
        keys.add(single.group());
      }
    }
    if (text.contains("L" + MAPPING.replace('.', '/') + ";")) {
      Class<?> type =
          Class.forName(entry.replace('/', '.').replaceAll("\\.class$", ""), false, loader);
      String prefix = null;
      boolean runTime = true;
      for (Annotation annotation : type.getAnnotations()) {
        switch (annotation.annotationType().getSimpleName()) {
          case "ConfigMapping" -> prefix = member(annotation, "prefix").toString();
          // What is fixed when the service is built cannot be set where it runs.
          case "ConfigRoot" ->
              runTime =
                  member(annotation, "phase") instanceof Enum<?> phase
                      && phase.name().equals("RUN_TIME");
          default -> {}
        }
      }
      if (prefix != null && runTime) {
        members(type, prefix);
      }
    }
  }

  /**
   * As the library names them: in kebab case, below their group, unless an annotation says else.
   */
  private void members(Class<?> group, String prefix) throws ReflectiveOperationException {
    for (Method method : group.getMethods()) {
      if (!method.isDefault() && method.getParameterCount() == 0) {
        String own = annotation(method, "WithName");
        boolean parents = annotation(method, "WithParentName") != null;
        String path =
            parents ? prefix : prefix + "." + (own != null ? own : kebab(method.getName()));
        boolean unnamed = annotation(method, "WithUnnamedKey") != null;
        value(method.getGenericReturnType(), path, unnamed);
      }
    }
  }

  private void value(Type type, String path, boolean unnamedToo)
      throws ReflectiveOperationException {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      switch (((Class<?>) generic.getRawType()).getSimpleName()) {
        case "Map" -> {
          value(arguments[1], path + ".*", false);
          if (unnamedToo) {
            value(arguments[1], path, false);
          }
        }
        case "Optional" -> value(arguments[0], path, false);
        default -> keys.add(path);
      }
    } else if (type instanceof Class<?> plain
        && plain.isInterface()
        && !plain.getName().startsWith("java.")) {
      members(plain, path);
    } else {
      keys.add(path);
    }
  }

  /** Null where the method has none of that name; empty where it has no value. */
  private static String annotation(Method method, String simpleName)
      throws ReflectiveOperationException {
    for (Annotation annotation : method.getAnnotations()) {
      if (annotation.annotationType().getSimpleName().equals(simpleName)) {
        return simpleName.equals("WithName") ? member(annotation, "value").toString() : "";
      }
    }
    return null;
  }

  private static Object member(Annotation annotation, String name)
      throws ReflectiveOperationException {
    return annotation.annotationType().getMethod(name).invoke(annotation);
  }

  private static String kebab(String camel) {
    return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase();
  }
}
