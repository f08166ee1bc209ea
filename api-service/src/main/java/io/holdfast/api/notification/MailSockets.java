package io.holdfast.api.notification;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import javax.net.SocketFactory;

/**
 * Gives Jakarta Mail a socket that connects to the address that was looked at, whatever the name
 * leads to by then, and that can be closed from outside when a server takes too long.
 */
final class MailSockets extends SocketFactory implements AutoCloseable {
  private final InetSocketAddress address;
  private volatile Socket given;

  MailSockets(InetAddress address, int port) {
    this.address = new InetSocketAddress(address, port);
  }

  @Override
  public Socket createSocket() {
    given =
        new Socket() {
          @Override
          public void connect(SocketAddress byName, int timeoutMillis) throws IOException {
            super.connect(address, timeoutMillis);
          }
        };
    return given;
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
    return createSocket(host.getHostName(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public void close() {
    Socket open = given;
    if (open != null) {
      try {
        open.close();
      } catch (IOException alreadyGone) {
        // Closed is what it should be.
      }
    }
  }
}
