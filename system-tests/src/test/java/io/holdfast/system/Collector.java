package io.holdfast.system;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Stands in for an OpenTelemetry collector: takes OTLP over HTTP and keeps the spans. */
final class Collector implements AutoCloseable {
  private final List<Recorded> spans = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  /** {@code parentId} is empty for the first of a trace. */
  record Recorded(
      String service,
      String traceId,
      String id,
      String parentId,
      String name,
      Map<String, String> attributes) {}

  Collector() {
    try {
      server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Recorded> trace(String traceId) {
    return spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    try (InputStream plain =
        gzip
            ? new GZIPInputStream(new ByteArrayInputStream(body))
            : new ByteArrayInputStream(body)) {
      messages(ByteBuffer.wrap(plain.readAllBytes()), 1).forEach(this::resource);
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private void resource(ByteBuffer resourceSpans) {
    String service =
        messages(resourceSpans, 1)
            .flatMap(resource -> attributes(resource, 1).entrySet().stream())
            .filter(attribute -> attribute.getKey().equals("service.name"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse("");
    messages(resourceSpans, 2)
        .flatMap(scope -> messages(scope, 2))
        .forEach(
            span ->
                spans.add(
                    new Recorded(
                        service,
                        hex(span, 1),
                        hex(span, 2),
                        hex(span, 4),
                        text(span, 5),
                        attributes(span, 9))));
  }

  private static Map<String, String> attributes(ByteBuffer message, int field) {
    Map<String, String> attributes = new TreeMap<>();
    messages(message, field)
        .forEach(
            pair ->
                attributes.put(
                    text(pair, 1),
                    messages(pair, 2).map(value -> text(value, 1)).findFirst().orElse("")));
    return attributes;
  }

  private static String text(ByteBuffer message, int field) {
    return messages(message, field)
        .map(bytes -> StandardCharsets.UTF_8.decode(bytes).toString())
        .findFirst()
        .orElse("");
  }

  private static String hex(ByteBuffer message, int field) {
    return messages(message, field)
        .map(
            bytes -> {
              byte[] copy = new byte[bytes.remaining()];
              bytes.get(copy);
              return HexFormat.of().formatHex(copy);
            })
        .findFirst()
        .orElse("");
  }

  /** The members of that number which have a length, in the encoding of protocol buffers. */
  private static Stream<ByteBuffer> messages(ByteBuffer message, int field) {
    ByteBuffer rest = message.duplicate();
    Stream.Builder<ByteBuffer> found = Stream.builder();
    while (rest.hasRemaining()) {
      long tag = varint(rest);
      switch ((int) (tag & 7)) {
        case 0 -> varint(rest);
        case 1 -> rest.position(rest.position() + 8);
        case 5 -> rest.position(rest.position() + 4);
        case 2 -> {
          int length = (int) varint(rest);
          if (tag >>> 3 == field) {
            found.add(rest.slice(rest.position(), length));
          }
          rest.position(rest.position() + length);
        }
        default -> throw new IllegalArgumentException("not a protocol buffer");
      }
    }
    return found.build();
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = from.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
