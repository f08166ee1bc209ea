package io.holdfast.worker.source.logical;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.LibpqEnvironment;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.postgres.SqlFailures;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import io.holdfast.worker.source.Source;
import java.io.InputStream;

/** A libpq client's standard output as a source, with its login for the time it runs. */
final class ClientSource implements Source {
  private final String node;
  private final LibpqEnvironment environment;
  private final ChildProcess child;

  ClientSource(ChildCommand command, Server server, String database) {
    this.node = server.name();
    this.environment = LibpqEnvironment.open(server, database);
    try {
      this.child = ChildProcess.start(command.withEnvironment(environment.variables()));
    } catch (RuntimeException e) {
      environment.close();
      throw e;
    }
  }

  @Override
  public InputStream stream() {
    return child.stdout();
  }

  @Override
  public void complete() {
    child.awaitSuccess(this::failure);
  }

  private JobFailure failure(String exit, String complaint) {
    if (complaint.contains("no matching schemas") || complaint.contains("no matching tables")) {
      return new JobFailure(
          ErrorCode.INVALID_SELECTION,
          exit + " on node '" + node + "': " + complaint,
          "correct the patterns of schemas and tables");
    }
    return SqlFailures.of(exit, node, complaint, ErrorCode.SOURCE_FAILED);
  }

  @Override
  public void close() {
    try {
      child.close();
    } finally {
      environment.close();
    }
  }
}
