package io.holdfast.api.notification;

import io.holdfast.api.problem.ApiProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where messages may go, so that a declaration is no way into what only this service can reach: TLS
 * to a public address, unless whoever runs the service allows the host by name. Looked at when a
 * target is declared and, by the address that is then connected to, at each message.
 */
@ApplicationScoped
class Destinations {
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9a-fA-F:.]{2,45}]");

  @Inject NotificationConfig config;

  /**
   * @throws ApiProblem 422 when messages would never go there
   */
  void requireDeclarable(String field, String url) {
    URI uri =
        parse(url)
            .filter(plain -> plain.getRawQuery() == null)
            .orElseThrow(
                () ->
                    ApiProblem.invalid(
                        field,
                        "must be https://host[:port][/path] without user, query and fragment",
                        "A URL that holds a secret belongs in a secret: name that with urlRef."));
    requireDeclarable(field, uri.getHost(), port(uri), tls(uri));
  }

  void requireDeclarable(String field, String host, int port, boolean tls) {
    if (!tls && !allowed(host, port)) {
      throw ApiProblem.invalid(
          field,
          "needs TLS: '" + host + ":" + port + "' is not an allowed destination",
          "Use TLS, or list the host in holdfast.notifications.allowed-destinations.");
    }
  }

  /** Empty when it is not the address of a web server, or has a user in it. */
  static Optional<URI> parse(String url) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme();
      boolean port = uri.getPort() == -1 || (uri.getPort() >= 1 && uri.getPort() <= 65535);
      boolean web =
          ("https".equals(scheme) || "http".equals(scheme))
              && uri.getHost() != null
              && HOST.matcher(uri.getHost()).matches()
              && port
              && uri.getRawUserInfo() == null
              && uri.getRawFragment() == null;
      return web ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException notAnUri) {
      return Optional.empty();
    }
  }

  static boolean tls(URI uri) {
    return "https".equals(uri.getScheme());
  }

  static int port(URI uri) {
    return uri.getPort() != -1 ? uri.getPort() : tls(uri) ? 443 : 80;
  }

  /**
   * The address to connect to. A name that also leads to an address that is not public is refused.
   */
  InetAddress resolve(String host, int port, boolean tls) throws NotSent {
    String place = host + ":" + port;
    boolean allowed = allowed(host, port);
    if (!tls && !allowed) {
      throw NotSent.destination("'" + place + "' is not spoken to without TLS");
    }
    try {
      InetAddress[] addresses = InetAddress.getAllByName(host);
      for (InetAddress address : addresses) {
        if (!allowed && !PublicAddress.is(address)) {
          throw NotSent.destination("'" + place + "' leads to an address that is not public");
        }
      }
      return addresses[0];
    } catch (UnknownHostException e) {
      throw NotSent.unreachable("'" + place + "'", e);
    }
  }

  private boolean allowed(String host, int port) {
    String wanted = host.toLowerCase(Locale.ROOT);
    return config.allowedDestinations().orElse(List.of()).stream()
        .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
        .anyMatch(
            entry ->
                entry.startsWith("*.")
                    ? wanted.endsWith(entry.substring(1))
                    : entry.equals(wanted) || entry.equals(wanted + ":" + port));
  }
}
