package io.holdfast.api.notification;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLSocketFactory;

/**
 * Puts TLS on connections of Jakarta Mail's: for the name that the target declares, although the
 * connection was made to the address that was looked at.
 */
final class MailTls extends SSLSocketFactory {
  private final SSLSocketFactory tls;
  private final String name;
  private final MailSockets open;

  /**
   * @param open is told what is secured, so that it can be closed from outside
   */
  MailTls(SSLSocketFactory tls, String name, MailSockets open) {
    this.tls = tls;
    this.name = name;
    this.open = open;
  }

  @Override
  public Socket createSocket(Socket connected, String address, int port, boolean autoClose)
      throws IOException {
    open.watch(connected);
    return tls.createSocket(connected, name, port, autoClose);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return tls.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw new SocketException("only connections that were made are secured");
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
}
