package io.holdfast.api.secret;

import io.holdfast.model.ResourceName;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Secrets by name: a file of that name in {@code holdfast.secrets-directory}, as Kubernetes and
 * Compose mount them, or else the setting {@code holdfast.secret.<name>}, which an environment
 * variable can give. Read anew at every use, so that a secret is changed without a restart, and
 * never kept. Nothing here puts a value into a message.
 */
@ApplicationScoped
public class Secrets {
  private static final long LARGEST_BYTES = 64 * 1024;

  @Inject Config config;

  @ConfigProperty(name = "holdfast.secrets-directory")
  Optional<String> directory;

  /** Its lines without empty ones; empty when there is no such secret or it cannot be read. */
  public List<String> lines(String name) {
    return value(ResourceName.check("the name of a secret", name))
        .map(text -> text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList())
        .orElse(List.of());
  }

  /** Its first line; empty when there is no such secret or it cannot be read. */
  public Optional<String> find(String name) {
    return lines(name).stream().findFirst();
  }

  private Optional<String> value(String name) {
    Optional<String> file = directory.map(Path::of).map(at -> at.resolve(name)).flatMap(this::read);
    return file.isPresent()
        ? file
        : config.getOptionalValue("holdfast.secret." + name, String.class);
  }

  private Optional<String> read(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= LARGEST_BYTES
          ? Optional.of(Files.readString(file, StandardCharsets.UTF_8))
          : Optional.empty();
    } catch (IOException unreadable) {
      // The same as none to who asks: both are said by the name alone.
      return Optional.empty();
    }
  }
}
