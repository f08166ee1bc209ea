package io.holdfast.api.serving;

import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import io.holdfast.api.metrics.Series;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * When the certificate that this replica serves with expires. Looked at each time, since one may be
 * renewed while the service runs.
 */
@ApplicationScoped
class ServingCertificate implements MetricSource {
  @Inject TlsConfigurationRegistry registry;
  @Inject Families families;

  @ConfigProperty(name = "quarkus.http.tls-configuration-name")
  Optional<String> name;

  @ConfigProperty(name = "quarkus.http.ssl.certificate.files")
  Optional<List<Path>> files;

  private Family expiry;

  @PostConstruct
  void start() {
    expiry =
        families.gauge(
            "holdfast_api_certificate_expiry_timestamp_seconds",
            "When the certificate of this replica expires; 0: it serves without TLS");
  }

  @Override
  public String subject() {
    return "own certificate";
  }

  @Override
  public void look() {
    Instant first =
        certificates().stream()
            .filter(X509Certificate.class::isInstance)
            .map(one -> ((X509Certificate) one).getNotAfter().toInstant())
            .min(Comparator.naturalOrder())
            .orElse(null);
    expiry.show(List.of(Series.at(first)));
  }

  /** With those between it and its authority. */
  private List<Certificate> certificates() {
    Optional<KeyStore> store =
        name.flatMap(registry::get).or(registry::getDefault).map(TlsConfiguration::getKeyStore);
    try {
      return store.isPresent() ? in(store.get()) : in(files.orElse(List.of()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the certificate of this service cannot be read", e);
    }
  }

  private static List<Certificate> in(KeyStore store) throws GeneralSecurityException {
    List<Certificate> all = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      Certificate[] chain = store.getCertificateChain(alias);
      all.addAll(chain == null ? List.of() : Arrays.asList(chain));
    }
    return all;
  }

  private static List<Certificate> in(List<Path> files) throws GeneralSecurityException {
    List<Certificate> all = new ArrayList<>();
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        all.addAll(CertificateFactory.getInstance("X.509").generateCertificates(in));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }
}
