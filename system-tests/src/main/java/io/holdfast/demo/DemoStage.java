package io.holdfast.demo;

import io.holdfast.embedded.Stack;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the demo plays on: a stack with a cluster, in a folder that is removed at the end. */
record DemoStage(Path folder, Stack stack) implements AutoCloseable {
  /** The login that restores use. */
  static final String OWNER = "demo-owner";

  static DemoStage set() {
    Path folder = Folders.temporary("demo");
    DemoStage stage =
        new DemoStage(folder, Stack.builder(folder.resolve("stack")).demoCluster().start());
    // Backups use a login that may only read; writing a table back needs one that owns it.
    stage
        .stack
        .credentials()
        .database(
            OWNER,
            stage.cluster().superuser(),
            stage.cluster().nodes().stream().map(PostgresServer::endpoint).toList())
        .writeTo(stage.stack.credentialsFile());
    return stage;
  }

  PostgresCluster cluster() {
    return stack.demoCluster();
  }

  String repositoryJson() {
    return "{\"type\":\"S3\",\"s3\":{\"endpoint\":\""
        + stack.s3().endpoint()
        + "\",\"bucket\":\""
        + Stack.BUCKET
        + "\",\"credentialsRef\":\""
        + Stack.S3_REFERENCE
        + "\"}}";
  }

  /**
   * @param login a reference in the worker's credentials file
   */
  String clusterJson(String repository, String login) {
    List<String> nodes = new ArrayList<>();
    for (PostgresServer server : cluster().nodes()) {
      String name = nodes.isEmpty() ? "primary" : "standby-" + nodes.size();
      nodes.add(
          String.format(
              "{\"name\":\"%s\",\"host\":\"%s\",\"port\":%d}", name, server.host(), server.port()));
    }
    return "{\"repository\":\""
        + repository
        + "\",\"credentialsRef\":\""
        + login
        + "\",\"nodes\":["
        + String.join(",", nodes)
        + "]}";
  }

  @Override
  public void close() {
    stack.close();
    Folders.delete(folder);
  }
}
