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
import java.util.regex.Pattern;

/** Starts a restored copy that stays when the job, and the worker, have ended. */
public final class LastingServer {
  /** pg_ctl starts the server through a shell, so that the name must mean nothing to one. */
  private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9_./ @:+=,-]+");

  private LastingServer() {}

  /**
   * To be asked before anything is restored.
   *
   * @throws JobFailure TARGET_REFUSED when a server cannot safely be started on such a path
   */
  public static void requireHarmless(Path data) {
    if (!HARMLESS.matcher(data.toString()).matches()) {
      throw new JobFailure(
          ErrorCode.TARGET_REFUSED,
          "a server cannot be started safely on '" + data + "'",
          "Use letters, digits and plain punctuation in the path, or restore without 'start'.");
    }
  }

  /**
   * Listens on loopback only; who may log in is what the copy's own {@code pg_hba.conf} says.
   *
   * @param wantedPort null for any free one
   * @return the port
   * @throws JobFailure RESTORE_FAILED when it does not come up; its log lies in the data directory
   */
  public static int start(PgTools tools, int major, Path data, Integer wantedPort) {
    requireHarmless(data);
    int port = wantedPort == null ? freePort() : wantedPort;
    ChildCommand start =
        ChildCommand.of(
            tools.server("pg_ctl", major),
            "start",
            "--wait",
            "--timeout=3600",
            "--silent",
            "--pgdata=" + data,
            "--log=" + data.resolve("restored-server.log"),
            "--options=-c port="
                + port
                + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=''");
    ChildCommand asServerUser =
        "root".equals(System.getProperty("user.name")) ? start.asUser("postgres") : start;
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
