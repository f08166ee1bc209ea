package io.holdfast.api.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Publishes what issuers publish. A test puts the keys of an issuer at {@code /<issuer>/jwks} and
 * reads at {@code /<issuer>/asked} how often they were asked for; without keys they are away. What
 * it puts at {@code /<issuer>/token} is what a job of the platform gets when it asks for a token.
 */
final class IssuerServer implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, byte[]> keys = new ConcurrentHashMap<>();
  private final Map<String, byte[]> tokens = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

  IssuerServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::answer);
    server.start();
  }

  /** As in {@code iss}. */
  String url(String issuer) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + issuer;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] path = exchange.getRequestURI().getPath().split("/", 3);
      String issuer = path[1];
      switch (path[2]) {
        case ".well-known/openid-configuration" -> send(exchange, discovery(issuer));
        case "asked" ->
            send(exchange, Integer.toString(asked(issuer).get()).getBytes(StandardCharsets.UTF_8));
        case "jwks" -> {
          if (!taken(exchange, keys, issuer)) {
            asked(issuer).incrementAndGet();
            send(exchange, keys.get(issuer));
          }
        }
        case "token" -> {
          if (!taken(exchange, tokens, issuer)) {
            send(exchange, tokens.get(issuer));
          }
        }
        default -> exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private static boolean taken(HttpExchange exchange, Map<String, byte[]> into, String issuer)
      throws IOException {
    if (!exchange.getRequestMethod().equals("PUT")) {
      return false;
    }
    into.put(issuer, exchange.getRequestBody().readAllBytes());
    exchange.sendResponseHeaders(204, -1);
    return true;
  }

  private byte[] discovery(String issuer) {
    return ("{\"issuer\":\"%s\",\"jwks_uri\":\"%s/jwks\"}".formatted(url(issuer), url(issuer)))
        .getBytes(StandardCharsets.UTF_8);
  }

  private AtomicInteger asked(String issuer) {
    return asked.computeIfAbsent(issuer, unknown -> new AtomicInteger());
  }

  private static void send(HttpExchange exchange, byte[] body) throws IOException {
    if (body == null) {
      exchange.sendResponseHeaders(503, -1);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
