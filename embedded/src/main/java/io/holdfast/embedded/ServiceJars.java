package io.holdfast.embedded;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The runnable services, as the build leaves them.
 *
 * @param api {@code quarkus-run.jar} of the API
 * @param worker {@code quarkus-run.jar} of the worker
 */
public record ServiceJars(Path api, Path worker) {
  /** The root of the repository, when it is not the working directory or above it. */
  public static final String HOME_PROPERTY = "holdfast.home";

  /**
   * Those of this repository.
   *
   * @throws IllegalStateException when they have not been built
   */
  public static ServiceJars built() {
    Path start = Path.of(System.getProperty(HOME_PROPERTY, "")).toAbsolutePath();
    for (Path home = start; home != null; home = home.getParent()) {
      Path api = home.resolve("api-service/target/quarkus-app/quarkus-run.jar");
      Path worker = home.resolve("worker/target/quarkus-app/quarkus-run.jar");
      if (Files.exists(api) && Files.exists(worker)) {
        return new ServiceJars(api, worker);
      }
    }
    throw new IllegalStateException(
        "no built services in " + start + " or above: run ./dev up, or mvn package first");
  }
}
