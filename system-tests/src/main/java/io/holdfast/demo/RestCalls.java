package io.holdfast.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Stream;

/** The REST API as {@code curl} would call it: a path, a JSON text, a JSON answer. Thread-safe. */
public final class RestCalls {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final URI base;
  private final String key;

  /**
   * @param base for example {@code http://127.0.0.1:8080}
   * @param key the API key; null sends none
   */
  public RestCalls(URI base, String key) {
    this.base = base;
    this.key = key;
  }

  /** The same service, asked by another key. */
  public RestCalls as(String otherKey) {
    return new RestCalls(base, otherKey);
  }

  /** An answer of any status; {@code body} is a missing node when there is none. */
  public record Answer(int status, HttpHeaders headers, JsonNode body, String text) {}

  /**
   * Any 2xx answer's body; anything else ends in an {@link IllegalStateException} with the body.
   */
  public JsonNode get(String path) {
    return expect2xx("GET", path, null);
  }

  public JsonNode put(String path, String json) {
    return expect2xx("PUT", path, json);
  }

  public JsonNode post(String path, String json) {
    return expect2xx("POST", path, json);
  }

  private JsonNode expect2xx(String method, String path, String json) {
    Answer answer = call(method, path, json);
    if (answer.status() / 100 != 2) {
      throw new IllegalStateException(
          method + " " + path + " answered " + answer.status() + ": " + answer.text());
    }
    return answer.body();
  }

  /**
   * @param path below {@code /api/v1}
   * @param json null sends no body
   * @param headers name, value, name, value ...
   */
  public Answer call(String method, String path, String json, String... headers) {
    HttpRequest.Builder request = request(path).timeout(Duration.ofSeconds(70));
    request.header("Accept", "application/json");
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    if (json == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(json));
    }
    HttpResponse<String> answer = send(request.build(), HttpResponse.BodyHandlers.ofString(), path);
    return new Answer(answer.statusCode(), answer.headers(), parse(answer.body()), answer.body());
  }

  /**
   * The lines of a server-sent event stream as they arrive; it ends when the server ends it. Close
   * it to hang up.
   */
  public Stream<String> stream(String path, String... headers) {
    HttpRequest.Builder request = request(path).header("Accept", "text/event-stream");
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return send(request.build(), HttpResponse.BodyHandlers.ofLines(), path).body();
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve("/api/v1" + path));
    return key == null ? request : request.header("Authorization", "Bearer " + key);
  }

  private <T> HttpResponse<T> send(
      HttpRequest request, HttpResponse.BodyHandler<T> handler, String path) {
    try {
      return http.send(request, handler);
    } catch (IOException e) {
      throw new UncheckedIOException(request.method() + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while calling " + path, e);
    }
  }

  private static JsonNode parse(String body) {
    try {
      return body.isBlank() ? JSON.missingNode() : JSON.readTree(body);
    } catch (IOException notJson) {
      return JSON.getNodeFactory().textNode(body);
    }
  }
}
