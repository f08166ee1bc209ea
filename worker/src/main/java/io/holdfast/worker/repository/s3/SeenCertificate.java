package io.holdfast.worker.repository.s3;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import okhttp3.Connection;
import okhttp3.Handshake;
import okhttp3.Interceptor;
import okhttp3.Response;

/** Remembers how the store has last shown who it is. Thread-safe. */
final class SeenCertificate implements Interceptor {
  private volatile Handshake last;

  @Override
  public Response intercept(Chain chain) throws IOException {
    Connection connection = chain.connection();
    last = connection == null ? null : connection.handshake();
    return chain.proceed(chain.request());
  }

  /** When the first certificate of its chain expires; null without TLS or before a request. */
  Instant expiresAt() {
    Handshake handshake = last;
    return handshake == null
        ? null
        : firstToExpire(
            handshake.peerCertificates().stream()
                .filter(X509Certificate.class::isInstance)
                .map(X509Certificate.class::cast)
                .toList());
  }

  /** An authority at the end of a chain is trusted for itself, whatever its date says. */
  private static Instant firstToExpire(List<X509Certificate> chain) {
    return chain.stream()
        .filter(one -> one.equals(chain.getFirst()) || !selfSigned(one))
        .map(one -> one.getNotAfter().toInstant())
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  private static boolean selfSigned(X509Certificate one) {
    return one.getSubjectX500Principal().equals(one.getIssuerX500Principal());
  }
}
