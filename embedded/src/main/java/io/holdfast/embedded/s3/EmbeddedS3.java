package io.holdfast.embedded.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * An S3 endpoint over HTTP or HTTPS on 127.0.0.1 (S3Proxy on a folder): signature version 4, path
 * style addresses, multipart, ranges, conditional put (412 when the object exists). No tags,
 * versions or object lock.
 *
 * <p>Its folder holds one folder per bucket and outlives it. {@link #close()} frees the port.
 */
public final class EmbeddedS3 implements AutoCloseable {
  private final S3Proxy proxy;
  private final FilesystemNio2BlobStore store;
  private final Path folder;
  private final String accessKey;
  private final String secretKey;
  private final boolean tls;

  private EmbeddedS3(
      S3Proxy proxy,
      FilesystemNio2BlobStore store,
      Path folder,
      String accessKey,
      String secretKey,
      boolean tls) {
    this.proxy = proxy;
    this.store = store;
    this.folder = folder;
    this.accessKey = accessKey;
    this.secretKey = secretKey;
    this.tls = tls;
  }

  /**
   * Starts it; it answers when this returns.
   *
   * @param port 0 for a free one
   */
  public static EmbeddedS3 start(Path folder, int port, String accessKey, String secretKey) {
    return start(folder, port, accessKey, secretKey, null);
  }

  /** As {@link #start(Path, int, String, String)}, over TLS with this certificate. */
  public static EmbeddedS3 start(
      Path folder, int port, String accessKey, String secretKey, ServerCertificate certificate) {
    return start(folder, port, accessKey, secretKey, certificate, false);
  }

  /** One that ignores headers which it does not know: for an {@link S3Front} that knows them. */
  public static EmbeddedS3 behindFront(Path folder, String accessKey, String secretKey) {
    return start(folder, 0, accessKey, secretKey, null, true);
  }

  private static EmbeddedS3 start(
      Path folder,
      int port,
      String accessKey,
      String secretKey,
      ServerCertificate certificate,
      boolean ignoreUnknownHeaders) {
    try {
      Path buckets = Files.createDirectories(folder).toRealPath();
      FilesystemNio2BlobStore store = new FilesystemNio2BlobStore(buckets.toString());
      S3Proxy.Builder listener = S3Proxy.builder();
      if (certificate == null) {
        listener.endpoint(URI.create("http://127.0.0.1:" + port));
      } else {
        listener
            .secureEndpoint(URI.create("https://127.0.0.1:" + port))
            .keyStore(certificate.keyStore().toString(), certificate.password());
      }
      S3Proxy proxy =
          listener
              .blobStore(store)
              .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKey, secretKey)
              // Signed but not chunked bodies are held in memory to check them: parts are 64 MiB.
              .v4MaxNonChunkedRequestSize(256L * 1024 * 1024)
              .jettyMaxThreads(64)
              .stopTimeout(0)
              .ignoreUnknownHeaders(ignoreUnknownHeaders)
              .build();
      proxy.start();
      return new EmbeddedS3(proxy, store, buckets, accessKey, secretKey, certificate != null);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create " + folder, e);
    } catch (Exception e) {
      throw new IllegalStateException("S3 endpoint on port " + port + " did not start", e);
    }
  }

  /** Creates the bucket unless it is there. */
  public EmbeddedS3 bucket(String name) {
    if (!store.containerExists(name)) {
      store.createContainer(name);
    }
    return this;
  }

  /** Takes requests of another access key as well, which may do the same here. */
  public EmbeddedS3 alsoFor(String otherAccessKey, String otherSecretKey) {
    Map<String, String> keys = Map.of(accessKey, secretKey, otherAccessKey, otherSecretKey);
    proxy.setBlobStoreLocator(
        (identity, container, blob) ->
            keys.containsKey(identity) ? new AccessGrant(keys.get(identity), store) : null);
    return this;
  }

  public int port() {
    return tls ? proxy.getSecurePort() : proxy.getPort();
  }

  /** {@code http://127.0.0.1:<port>}, or {@code https}. */
  public String endpoint() {
    return (tls ? "https" : "http") + "://127.0.0.1:" + port();
  }

  public String accessKey() {
    return accessKey;
  }

  public String secretKey() {
    return secretKey;
  }

  /** Where the objects of a bucket lie as plain files, so that a test can damage one. */
  public Path folderOf(String bucket) {
    return folder.resolve(bucket);
  }

  @Override
  public void close() {
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException("S3 endpoint did not stop", e);
    } finally {
      store.close();
    }
  }
}
