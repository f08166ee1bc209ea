package io.holdfast.api.notification;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Stands before a mail server that has no TLS, and passes on what came by TLS. */
final class TlsFront implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger passedOn = new AtomicInteger();
  private final SSLContext tls;
  private final boolean fromTheFirstByte;
  private final int behind;
  private final ServerSocket door;

  /**
   * @param fromTheFirstByte or else after STARTTLS, before which nothing else is taken
   */
  TlsFront(SSLContext tls, boolean fromTheFirstByte, int behind) {
    this.tls = tls;
    this.fromTheFirstByte = fromTheFirstByte;
    this.behind = behind;
    try {
      door = new ServerSocket(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::take);
  }

  static SSLContext tls(Path keyStore, String password) {
    try (InputStream in = Files.newInputStream(keyStore)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password.toCharArray());
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return door.getLocalPort();
  }

  /** Connections that the server behind has seen. */
  int passedOn() {
    return passedOn.get();
  }

  private void take() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        threads.execute(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (!fromTheFirstByte) {
        untilStarttls(client.getInputStream(), client.getOutputStream());
      }
      try (SSLSocket secured =
          (SSLSocket)
              tls.getSocketFactory().createSocket(client, "127.0.0.1", client.getPort(), true)) {
        secured.setUseClientMode(false);
        secured.startHandshake();
        passOn(secured);
      }
    } catch (IOException gone) {
      // The client would not have it: the test sees what it made of that.
    }
  }

  private void passOn(Socket client) throws IOException {
    passedOn.incrementAndGet();
    try (Socket server = new Socket("127.0.0.1", behind)) {
      if (!fromTheFirstByte) {
        line(server.getInputStream());
      }
      threads.execute(() -> copy(client, server));
      copy(server, client);
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException over) {
      // One of them has hung up.
    }
  }

  private static void untilStarttls(InputStream in, OutputStream out) throws IOException {
    say(out, "220 front");
    for (String asked = line(in); !asked.equals("STARTTLS"); asked = line(in)) {
      say(out, asked.startsWith("EHLO") ? "250-front\r\n250 STARTTLS" : "530 STARTTLS first");
    }
    say(out, "220 go");
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** Not a byte more: what follows may be TLS. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the connection was closed");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
