package io.holdfast.embedded.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;

/** Free ports of the loopback interface. */
public final class Ports {
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
}
