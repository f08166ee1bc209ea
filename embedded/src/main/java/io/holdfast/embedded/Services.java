package io.holdfast.embedded;

import io.holdfast.embedded.process.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The API's and the workers' processes of one kind: configured, started, restarted, stopped. */
final class Services implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** What differs between one replica and the next. */
  interface Configuration {
    Map<String, String> of(int index);
  }

  private final String kind;
  private final Path folder;
  private final Path jar;
  private final List<String> jvmOptions;
  private final Map<String, String> environment;
  private final Configuration configuration;
  private final List<ChildJvm> running = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  Services(
      String kind,
      Path folder,
      Path jar,
      List<String> jvmOptions,
      Map<String, String> environment,
      Configuration configuration) {
    this.kind = kind;
    this.folder = folder;
    this.jar = jar;
    this.jvmOptions = jvmOptions;
    this.environment = environment;
    this.configuration = configuration;
  }

  /** Starts that many at once and waits until each is ready. */
  void start(int count) {
    for (int i = 0; i < count; i++) {
      running.add(launch(i));
    }
    for (int i = 0; i < count; i++) {
      awaitReady(i);
    }
  }

  /** Ends it if it runs still, starts it again on the same ports, and waits until it is ready. */
  void restart(int index) {
    relaunch(index);
    awaitReady(index);
  }

  /** As {@link #restart}, for one that cannot become ready: what it needs for that is away. */
  void relaunch(int index) {
    running.get(index).close();
    running.set(index, launch(index));
  }

  ChildJvm get(int index) {
    return running.get(index);
  }

  private ChildJvm launch(int index) {
    Path home = folder.resolve(kind + "-" + index);
    Properties properties = new Properties();
    properties.putAll(configuration.of(index));
    try {
      // Quarkus reads config/application.properties of its working directory before its own:
      // secrets come by a private file and not by arguments or the environment.
      Files.createDirectories(home.resolve("config"));
      StackState.writePrivate(home.resolve("config/application.properties"), properties);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot configure " + home, e);
    }
    List<String> arguments = new ArrayList<>(jvmOptions);
    arguments.addAll(List.of("-jar", jar.toString()));
    return ChildJvm.start(home, arguments, environment);
  }

  private void awaitReady(int index) {
    URI ready =
        URI.create(
            "http://127.0.0.1:"
                + configuration.of(index).get("quarkus.management.port")
                + "/q/health/ready");
    running
        .get(index)
        .awaitReady(kind + "-" + index + " is ready", PATIENCE, () -> answersOk(ready));
  }

  private boolean answersOk(URI ready) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(5)).build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
  }

  @Override
  public void close() {
    running.forEach(ChildJvm::close);
    http.close();
  }
}
