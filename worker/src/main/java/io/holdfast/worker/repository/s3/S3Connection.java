package io.holdfast.worker.repository.s3;

import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.failure.JobStopped;
import io.holdfast.worker.secret.S3Keys;
import io.minio.Http;
import io.minio.MinioAsyncClient;
import io.minio.errors.MinioException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * The client of one bucket, or of a prefix of one. Nothing is tried twice in it, so that what was
 * tried is known.
 */
final class S3Connection implements AutoCloseable {
  private final MinioAsyncClient client;
  private final OkHttpClient http;
  private final String bucket;
  private final String prefix;
  private final SeenCertificate certificate = new SeenCertificate();

  S3Connection(S3RepositorySpec spec, S3Keys keys, S3Settings settings) {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequestsPerHost(dispatcher.getMaxRequests());
    OkHttpClient plain =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .connectionPool(new ConnectionPool(16, 1, TimeUnit.MINUTES))
            .protocols(List.of(Protocol.HTTP_1_1))
            .connectTimeout(settings.timeout())
            .readTimeout(settings.timeout())
            .writeTimeout(settings.timeout())
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .addNetworkInterceptor(certificate)
            .build();
    try {
      this.http =
          keys.authority() == null
              ? Http.enableExternalCertificatesFromEnv(plain)
              : Http.enableExternalCertificates(plain, keys.authority().toString(), null);
    } catch (MinioException e) {
      throw S3Errors.translate("load the certificates for", spec.name(), e);
    }
    this.client =
        MinioAsyncClient.builder()
            .endpoint(spec.endpoint())
            .region(spec.region())
            .credentials(keys.accessKey(), keys.secretKey())
            .httpClient(http)
            .build();
    this.bucket = spec.bucket();
    this.prefix = spec.prefix().isEmpty() ? "" : spec.prefix() + "/";
  }

  MinioAsyncClient client() {
    return client;
  }

  String bucket() {
    return bucket;
  }

  /** Of the certificate that the store has shown; null without TLS or before a request. */
  Instant certificateExpiresAt() {
    return certificate.expiresAt();
  }

  /** What the bucket calls the object of a key. */
  String name(String key) {
    return prefix + key;
  }

  /** The key of an object of the bucket. */
  String key(String name) {
    return name.substring(prefix.length());
  }

  /** The answer, its failure translated. */
  static <T> T answer(String action, String key, CompletableFuture<T> call) {
    try {
      return raw(call);
    } catch (ExecutionException e) {
      throw S3Errors.translate(action, key, S3Errors.unwrap(e));
    }
  }

  /** The answer, its failure as the client tells it. */
  static <T> T raw(CompletableFuture<T> call) throws ExecutionException {
    try {
      return call.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobStopped("interrupted while the object store was working");
    }
  }

  @Override
  public void close() {
    client.close();
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }
}
