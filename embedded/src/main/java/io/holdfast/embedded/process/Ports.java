package io.holdfast.embedded.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports of the loopback interface. */
public final class Ports {
  private static final int LASTING_FROM = 20_000;
  private static final int LASTING_TO = 32_000;
  private static final int TRIES = 200;
  private static final Set<Integer> GIVEN = new HashSet<>();

  private Ports() {}

  /**
   * A port that nobody listened on a moment ago and that this process has not been given before.
   * Another process may still take it first: whoever binds it must cope, or check whom it reached.
   */
  public static int free() {
    synchronized (GIVEN) {
      while (true) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
          if (GIVEN.add(socket.getLocalPort())) {
            return socket.getLocalPort();
          }
        } catch (IOException e) {
          throw new UncheckedIOException("no free port on the loopback interface", e);
        }
      }
    }
  }

  /**
   * A free port below the range that the system hands to outgoing connections, so that it is likely
   * to be free again after a stop and a start.
   */
  public static int lasting() {
    synchronized (GIVEN) {
      for (int i = 0; i < TRIES; i++) {
        int port = ThreadLocalRandom.current().nextInt(LASTING_FROM, LASTING_TO);
        if (isFree(port) && GIVEN.add(port)) {
          return port;
        }
      }
      throw new IllegalStateException(
          "no free port from " + LASTING_FROM + " to " + LASTING_TO + " in " + TRIES + " tries");
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
