package io.holdfast.worker.server;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;

/** Starts a restored copy that stays when the job, and the worker, have ended. */
public final class LastingServer {
  private LastingServer() {}

  /**
   * Listens on loopback only; who may log in is what the copy's own {@code pg_hba.conf} says.
   *
   * @param wantedPort null for any free one
   * @return the port
   * @throws JobFailure RESTORE_FAILED when it does not come up; its log lies in the data directory
   */
  public static int start(PgTools tools, int major, Path data, Integer wantedPort) {
    int port = wantedPort == null ? freePort() : wantedPort;
    ChildCommand start =
        ChildCommand.of(
            tools.server("pg_ctl", major),
            "start",
            "--wait",
            "--timeout=3600",
            "--silent",
            "--log=restored-server.log",
            "--options=-c port="
                + port
                + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
                + " -c data_directory=.");
    // pg_ctl builds a shell command from its options and --pgdata. A name that somebody chose is
    // none of them: the environment and the working directory say where. Starting postgres itself
    // was rejected: pg_ctl detaches it, so that it outlives the worker, and waits until it accepts.
    ChildCommand there = start.in(data).withEnvironment(Map.of("PGDATA", data.toString()));
    ChildCommand asServerUser =
        "root".equals(System.getProperty("user.name")) ? there.asUser("postgres") : there;
    try (ChildProcess child = ChildProcess.start(asServerUser)) {
      child.awaitSuccess(
          (exit, complaint) ->
              new JobFailure(
                  ErrorCode.RESTORE_FAILED,
                  "the restored server did not start: " + exit + " " + complaint,
                  "Read restored-server.log in the data directory."));
    }
    return port;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED, "no free port on this worker", "Name a port.", e);
    }
  }
}
