package io.holdfast.worker.repository.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An S3 server that answers as a test tells it, to lie where no real one would be made to. */
final class ScriptedStore implements AutoCloseable {
  /** What to answer to a request whose body has been read. */
  interface Script {
    void answer(HttpExchange exchange, byte[] body) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  ScriptedStore(Script script) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          String query = exchange.getRequestURI().getQuery();
          requests.add(exchange.getRequestMethod() + (query == null ? "" : " " + query));
          script.answer(exchange, body);
          exchange.close();
        });
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  static void ok(HttpExchange exchange, String etag, String xml) throws IOException {
    exchange.getResponseHeaders().set("ETag", "\"" + etag + "\"");
    exchange.getResponseHeaders().set("Content-Type", "application/xml");
    byte[] body = xml.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  static void head(HttpExchange exchange, String etag, long bytes) throws IOException {
    exchange.getResponseHeaders().set("ETag", "\"" + etag + "\"");
    exchange.getResponseHeaders().set("Last-Modified", "Sat, 21 Nov 2026 03:00:00 GMT");
    exchange.getResponseHeaders().set("Content-Length", Long.toString(bytes));
    exchange.sendResponseHeaders(200, -1);
  }

  static void absent(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(404, -1);
  }

  static void refused(HttpExchange exchange, int status, String code) throws IOException {
    byte[] body = ("<Error><Code>" + code + "</Code></Error>").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/xml");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /**
   * @param sent how many bytes to send before the connection is cut
   */
  static void content(HttpExchange exchange, byte[] content, int from, int sent)
      throws IOException {
    exchange.getResponseHeaders().set("ETag", "\"opaque\"");
    exchange.sendResponseHeaders(from == 0 ? 200 : 206, content.length - from);
    OutputStream body = exchange.getResponseBody();
    body.write(content, from, sent);
    body.flush();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
