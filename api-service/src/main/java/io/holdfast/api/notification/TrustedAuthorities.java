package io.holdfast.api.notification;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Who may vouch for the certificate of another side: those that the JVM trusts, and those of {@code
 * holdfast.notifications.certificate-authority-file} beside them. Read at the start.
 */
@ApplicationScoped
class TrustedAuthorities {
  private final X509TrustManager manager;
  private final SSLContext context;

  TrustedAuthorities(NotificationConfig config) {
    try {
      List<Certificate> all = new ArrayList<>(Arrays.asList(manager(null).getAcceptedIssuers()));
      if (config.certificateAuthorityFile().isPresent()) {
        all.addAll(authorities(config.certificateAuthorityFile().get()));
      }
      manager = manager(store(all));
      context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {manager}, null);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the JVM's own trust cannot be read", e);
    }
  }

  /** Makes a file that cannot be read stop the start, not the first message. */
  void check(@Observes StartupEvent start) {}

  X509TrustManager manager() {
    return manager;
  }

  SSLSocketFactory sockets() {
    return context.getSocketFactory();
  }

  private static Collection<? extends Certificate> authorities(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> read =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (!read.isEmpty()) {
        return read;
      }
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable(file, e);
    }
    throw unreadable(file, null);
  }

  private static ConfigurationException unreadable(Path file, Exception cause) {
    return new ConfigurationException(
        "holdfast.notifications.certificate-authority-file: "
            + file
            + " has no certificates in PEM that can be read",
        cause);
  }

  private static KeyStore store(List<Certificate> trusted)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < trusted.size(); i++) {
      store.setCertificateEntry("authority-" + i, trusted.get(i));
    }
    return store;
  }

  /**
   * @param trusted null: what the JVM trusts
   */
  private static X509TrustManager manager(KeyStore trusted) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }
}
