package io.holdfast.api.notification;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;

/** A real web server that notes what it gets and answers as it is told; 204 when it is not. */
final class Receiver implements AutoCloseable {
  private final List<Got> got = new CopyOnWriteArrayList<>();
  private final Queue<Integer> statuses = new ArrayDeque<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private volatile Runnable beforeAnswer = () -> {};

  record Got(String method, String path, HttpExchange exchange, byte[] body) {
    String header(String name) {
      return exchange.getRequestHeaders().getFirst(name);
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** What {@code webhook-signature} is when this secret signs, as Standard Webhooks says. */
    String signatureBy(String secret) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
        String head = header("webhook-id") + "." + header("webhook-timestamp") + ".";
        mac.update(head.getBytes(StandardCharsets.US_ASCII));
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  Receiver() {
    this(null);
  }

  /**
   * @param tls null: without
   */
  Receiver(SSLContext tls) {
    InetSocketAddress anyPort = new InetSocketAddress("127.0.0.1", 0);
    try {
      if (tls == null) {
        server = HttpServer.create(anyPort, 0);
      } else {
        HttpsServer secured = HttpsServer.create(anyPort, 0);
        secured.setHttpsConfigurator(new HttpsConfigurator(tls));
        server = secured;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::take);
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    got.add(
        new Got(exchange.getRequestMethod(), exchange.getRequestURI().toString(), exchange, body));
    beforeAnswer.run();
    Integer status;
    synchronized (statuses) {
      status = statuses.poll();
    }
    if (status != null && status / 100 == 3) {
      exchange.getResponseHeaders().set("Location", url("/elsewhere"));
    }
    exchange.sendResponseHeaders(status == null ? 204 : status, -1);
    exchange.close();
  }

  /** To the next requests, one each. */
  Receiver answering(int... next) {
    synchronized (statuses) {
      for (int status : next) {
        statuses.add(status);
      }
    }
    return this;
  }

  void beforeAnswer(Runnable action) {
    beforeAnswer = action;
  }

  String url(String path) {
    String scheme = server instanceof HttpsServer ? "https" : "http";
    return scheme + "://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  List<Got> got() {
    return got;
  }

  /** Those on this path. */
  List<Got> got(String path) {
    return got.stream().filter(request -> request.path().equals(path)).toList();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
