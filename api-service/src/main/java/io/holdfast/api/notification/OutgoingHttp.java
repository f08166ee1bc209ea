package io.holdfast.api.notification;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One request, one connection, one status. Connects to the very address that was looked at (Vert.x
 * can; the JDK's client would resolve the name a second time), follows no redirect, and reads
 * nothing of the answer but its status: what a server inside a network says is not passed on.
 */
@ApplicationScoped
class OutgoingHttp {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  @Inject Vertx vertx;
  @Inject Destinations destinations;
  @Inject TrustedAuthorities trusted;
  @Inject NotificationConfig config;

  private HttpClient client;

  @PostConstruct
  void start() {
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) CONNECT.toMillis())
                .setKeepAlive(false)
                .setTrustOptions(TrustOptions.wrap(trusted.manager()))
                .setVerifyHost(true));
  }

  @PreDestroy
  void stop() {
    client.close();
  }

  /**
   * @param what as whom a failure names the other side; the URL may be a secret
   * @param body null: none
   * @return the status, which is one of success
   */
  int send(HttpMethod method, String what, String url, Map<String, String> headers, byte[] body)
      throws NotSent {
    URI uri =
        Destinations.parse(url)
            .orElseThrow(
                () -> NotSent.destination("the URL of " + what + " is not one of a web server"));
    boolean tls = Destinations.tls(uri);
    int port = Destinations.port(uri);
    InetAddress address = destinations.resolve(uri.getHost(), port, tls);
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, port)))
            .setHost(uri.getHost())
            .setPort(port)
            .setSsl(tls)
            .setURI(target(uri))
            .setFollowRedirects(false);
    headers.forEach(options::putHeader);
    int status = answer(what, exchange(options, body));
    if (status / 100 != 2) {
      throw NotSent.refused(what, "HTTP " + status);
    }
    return status;
  }

  private CompletableFuture<Integer> exchange(RequestOptions options, byte[] body) {
    return client
        .request(options)
        .compose(
            request ->
                (body == null ? request.send() : request.send(Buffer.buffer(body)))
                    .map(
                        response -> {
                          response.pause();
                          return response.statusCode();
                        })
                    .onComplete(done -> request.connection().close())
                    // Not answered in time: nothing stays open behind it.
                    .timeout(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
                    .onFailure(late -> request.connection().close()))
        .toCompletionStage()
        .toCompletableFuture();
  }

  private int answer(String what, CompletableFuture<Integer> exchange) throws NotSent {
    Duration whole = CONNECT.plus(config.timeout());
    try {
      return exchange.get(whole.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw NotSent.late(what, whole);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof TimeoutException
          ? NotSent.late(what, config.timeout())
          : NotSent.unreachable(what, e.getCause());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw NotSent.late(what, whole);
    }
  }

  private static String target(URI uri) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }
}
