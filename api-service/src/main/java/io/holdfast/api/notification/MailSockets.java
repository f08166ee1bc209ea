package io.holdfast.api.notification;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.SocketFactory;

/** Gives Jakarta Mail a socket that is closed from outside when a server takes too long. */
final class MailSockets extends SocketFactory implements AutoCloseable {
  private volatile Socket open;

  @Override
  public Socket createSocket() {
    watch(new Socket());
    return open;
  }

  /** That one is closed in the end. */
  void watch(Socket socket) {
    open = socket;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw new SocketException("only unconnected sockets are given out");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket(host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public void close() {
    Socket last = open;
    if (last != null) {
      try {
        last.close();
      } catch (IOException alreadyGone) {
        // Closed is what it should be.
      }
    }
  }
}
