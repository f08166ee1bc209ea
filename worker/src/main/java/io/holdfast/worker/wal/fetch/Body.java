package io.holdfast.worker.wal.fetch;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;

/** What is sent of a file in answer to a server. */
public final class Body {
  private static final int PIECE = 128 * 1024;

  private Body() {}

  /** Sends headers and content; the exchange stays open. */
  public static void send(HttpExchange exchange, int status, byte[] content) throws IOException {
    exchange.sendResponseHeaders(status, content.length);
    OutputStream body = exchange.getResponseBody();
    // The JDK's server copies what it is given at once into a buffer of twice that size, which it
    // keeps as long as the connection, and the channel copies it into direct memory again.
    for (int at = 0; at < content.length; at += PIECE) {
      body.write(content, at, Math.min(PIECE, content.length - at));
    }
  }
}
