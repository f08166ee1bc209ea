package io.holdfast.embedded.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP proxy on 127.0.0.1 between a client and one server, which can cut, stall, flip and refuse.
 * It passes until told otherwise. {@link #fired()} says how often a fault took effect: a test that
 * injects one asserts that it did. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int CHUNK = 16 * 1024;
  private static final int LINGER_MILLIS = 2000;
  private static final byte[] UNAVAILABLE =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final String targetHost;
  private final int targetPort;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Object turn = new Object();
  private Fault fault = new Fault.Pass();
  private long forwarded;
  private boolean spent;
  private int fired;
  private boolean closed;

  private FaultProxy(String targetHost, int targetPort) throws IOException {
    this.targetHost = targetHost;
    this.targetPort = targetPort;
    this.listener = new ServerSocket(0, 128, InetAddress.getByName("127.0.0.1"));
  }

  /** Starts a proxy in front of that server. */
  public static FaultProxy to(String host, int port) {
    try {
      FaultProxy proxy = new FaultProxy(host, port);
      Thread.ofVirtual().name("fault-proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("no port for the proxy", e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** {@code 127.0.0.1:<port>}. */
  public String endpoint() {
    return "127.0.0.1:" + port();
  }

  /** Forwards everything from now on; what a stall held back flows again. */
  public void pass() {
    set(new Fault.Pass());
  }

  /** Resets every connection now; new ones pass. */
  public void cut() {
    synchronized (turn) {
      set(new Fault.Pass());
      fired++;
    }
    resetAll();
  }

  /** From now on, until told otherwise. The byte counter starts again at 0. */
  public void set(Fault next) {
    synchronized (turn) {
      fault = next;
      forwarded = 0;
      spent = false;
      turn.notifyAll();
    }
    if (next instanceof Fault.Refuse || next instanceof Fault.Unavailable) {
      resetAll();
    }
  }

  /** How many times a fault has taken effect since the proxy was started. */
  public int fired() {
    synchronized (turn) {
      return fired;
    }
  }

  /** Connections open at this moment. */
  public int connections() {
    return open.size() / 2;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (refuses()) {
          reset(client);
        } else if (unavailable()) {
          open.add(client);
          Thread.ofVirtual().start(() -> answerUnavailable(client));
        } else {
          connect(client);
        }
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException("the proxy cannot accept", e);
        }
      }
    }
  }

  private boolean refuses() {
    synchronized (turn) {
      if (fault instanceof Fault.Refuse) {
        fired++;
        return true;
      }
      return false;
    }
  }

  private boolean unavailable() {
    synchronized (turn) {
      return fault instanceof Fault.Unavailable;
    }
  }

  /** Says so at the first byte, and reads on until the client has heard it and goes. */
  private void answerUnavailable(Socket client) {
    byte[] chunk = new byte[CHUNK];
    try {
      if (client.getInputStream().read(chunk) > 0) {
        synchronized (turn) {
          fired++;
        }
        client.getOutputStream().write(UNAVAILABLE);
        client.shutdownOutput();
        client.setSoTimeout(LINGER_MILLIS);
        while (client.getInputStream().read(chunk) >= 0) {
          // What it still sends of its request: closing now would take the answer from it.
        }
      }
      forget(client);
    } catch (IOException e) {
      reset(client);
    }
  }

  private void connect(Socket client) {
    try {
      Socket server = new Socket(targetHost, targetPort);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      open.add(client);
      open.add(server);
      Thread.ofVirtual().start(() -> pump(client, server, Direction.TO_SERVER));
      Thread.ofVirtual().start(() -> pump(server, client, Direction.TO_CLIENT));
    } catch (IOException e) {
      // The server is down: its clients see what they would see without us.
      reset(client);
    }
  }

  private void pump(Socket from, Socket to, Direction direction) {
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        forward(chunk, n, out, direction);
      }
      to.shutdownOutput();
      if (from.isOutputShutdown()) {
        forget(from);
        forget(to);
      }
    } catch (IOException e) {
      reset(from);
      reset(to);
    }
  }

  private void forward(byte[] chunk, int length, OutputStream out, Direction direction)
      throws IOException {
    int sent = 0;
    while (sent < length) {
      int part = allowed(chunk, sent, length - sent, direction);
      if (part > 0) {
        out.write(chunk, sent, part);
        sent += part;
      } else {
        resetAll();
        throw new IOException("cut on purpose");
      }
    }
  }

  /** How many of these bytes may go now: waits while stalled, 0 to cut, flips in place. */
  private int allowed(byte[] chunk, int start, int length, Direction direction) throws IOException {
    synchronized (turn) {
      while (true) {
        if (closed) {
          throw new IOException("closed");
        }
        switch (fault) {
          case Fault.Pass() -> {
            return length;
          }
          case Fault.Refuse() -> {
            return 0;
          }
          case Fault.Unavailable() -> {
            return 0;
          }
          case Fault.UnavailableFrom(String named) -> {
            if (direction == Direction.TO_CLIENT || !names(chunk, start, length, named)) {
              return length;
            }
            fault = new Fault.Unavailable();
            return 0;
          }
          case Fault.CutAfter(Direction which, long bytes) -> {
            if (which != direction || spent) {
              return length;
            }
            if (forwarded == bytes) {
              spent = true;
              fired++;
              return 0;
            }
            return take(length, bytes);
          }
          case Fault.StallAfter(Direction which, long bytes) -> {
            if (which != direction) {
              return length;
            }
            if (forwarded < bytes) {
              return take(length, bytes);
            }
            if (!spent) {
              spent = true;
              fired++;
            }
            awaitTurn();
          }
          case Fault.Flip(Direction which, long offset) -> {
            if (which == direction && !spent) {
              flip(chunk, start, length, offset);
            }
            return length;
          }
        }
      }
    }
  }

  /** A request begins with the first byte of what its client sends at once. */
  private static boolean names(byte[] chunk, int start, int length, String named) {
    String text = new String(chunk, start, length, StandardCharsets.ISO_8859_1);
    int end = text.indexOf(" HTTP/1.1\r\n");
    return end >= 0 && text.substring(0, end).contains(named);
  }

  private int take(int length, long limit) {
    int part = (int) Math.min(length, limit - forwarded);
    forwarded += part;
    return part;
  }

  private void flip(byte[] chunk, int start, int length, long offset) {
    if (offset < forwarded + length) {
      chunk[start + (int) (offset - forwarded)] ^= 1;
      spent = true;
      fired++;
    }
    forwarded += length;
  }

  private void awaitTurn() throws IOException {
    try {
      turn.wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void resetAll() {
    open.forEach(this::reset);
  }

  /** Closes with RST, so that neither side takes it for an orderly end. */
  private void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      forget(socket);
      return;
    }
    forget(socket);
  }

  private void forget(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close a proxied connection", e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the proxy", e);
    }
    synchronized (turn) {
      closed = true;
      turn.notifyAll();
    }
    resetAll();
  }
}
