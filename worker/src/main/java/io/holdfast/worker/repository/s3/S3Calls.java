package io.holdfast.worker.repository.s3;

import static io.holdfast.worker.repository.s3.S3Connection.answer;
import static io.holdfast.worker.repository.s3.S3Connection.raw;

import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.secret.S3Keys;
import io.minio.AbortMultipartUploadArgs;
import io.minio.CompleteMultipartUploadArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.DisableObjectLegalHoldArgs;
import io.minio.EnableObjectLegalHoldArgs;
import io.minio.GetObjectArgs;
import io.minio.GetObjectLockConfigurationArgs;
import io.minio.GetObjectResponse;
import io.minio.Http;
import io.minio.ListMultipartUploadsArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectAPIArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.UploadPartArgs;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.minio.messages.ListMultipartUploadsResult;
import io.minio.messages.Part;
import java.time.Clock;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * The calls of S3 that the driver makes, each once: no retries here or in the client, so that what
 * was tried is known. Keys are those of the repository; the prefix is put on and taken off here.
 * Every failure is translated.
 */
final class S3Calls implements AutoCloseable {
  private final S3Connection connection;
  private final MinioAsyncClient client;
  private final String bucket;
  private final WriteHeaders headers;

  /**
   * @param clock that locks run by
   */
  S3Calls(S3RepositorySpec spec, S3Keys keys, S3Settings settings, Clock clock) {
    this(new S3Connection(spec, keys, settings), WriteHeaders.of(spec, clock));
  }

  private S3Calls(S3Connection connection, WriteHeaders headers) {
    this.connection = connection;
    this.client = connection.client();
    this.bucket = connection.bucket();
    this.headers = headers;
  }

  /** The same calls, which lock nothing. Closed with these. */
  S3Calls unlocked() {
    return new S3Calls(connection, headers.unlocked());
  }

  /** Of the certificate that the store has shown; null without TLS or before a request. */
  Instant certificateExpiresAt() {
    return connection.certificateExpiresAt();
  }

  /**
   * An object's size and entity tag.
   *
   * @param version null in a bucket without versions
   * @param lockedUntil null when no lock is to be seen
   */
  record Head(long bytes, String etag, String version, Instant lockedUntil, boolean held) {}

  Optional<Head> head(String key) {
    try {
      var said =
          raw(client.statObject(StatObjectArgs.builder().bucket(bucket).object(name(key)).build()));
      ZonedDateTime until = said.lockRetainUntilDate();
      return Optional.of(
          new Head(
              said.size(),
              bare(said.etag()),
              said.versionId(),
              until == null ? null : until.toInstant(),
              said.lockLegalHold() != null && said.lockLegalHold().status()));
    } catch (ExecutionException e) {
      Throwable cause = S3Errors.unwrap(e);
      if (S3Errors.code(cause).equals("NoSuchKey")) {
        return Optional.empty();
      }
      throw S3Errors.translate("look up", key, cause);
    }
  }

  /**
   * @param etag of the object whose rest is wanted; null for whichever lies there
   */
  GetObjectResponse get(String key, long offset, String etag) {
    GetObjectArgs.Builder args = GetObjectArgs.builder().bucket(bucket).object(name(key));
    if (offset > 0) {
      args.offset(offset).matchETag(etag);
    }
    try {
      return raw(client.getObject(args.build()));
    } catch (ExecutionException e) {
      Throwable cause = S3Errors.unwrap(e);
      throw S3Errors.code(cause).equals("NoSuchKey")
          ? S3Errors.absent(key)
          : S3Errors.translate("read", key, cause);
    }
  }

  /** What became of a conditional put. */
  enum Put {
    CREATED,
    /** The condition does not hold, and nothing was written. */
    TAKEN,
    NO_CONDITIONS
  }

  /**
   * @param etag the object's entity tag; empty unless this call created it
   */
  record Created(Put put, String etag) {}

  Created putIfAbsent(String key, PartBuffer content, String md5) {
    return putIf(new Http.Headers("If-None-Match", "*"), "create", key, content, md5);
  }

  /**
   * @param etag of the object in whose place it goes
   */
  Created putIfMatch(String key, String etag, PartBuffer content, String md5) {
    return putIf(new Http.Headers("If-Match", '"' + etag + '"'), "replace", key, content, md5);
  }

  private Created putIf(
      Http.Headers condition, String action, String key, PartBuffer content, String md5) {
    try {
      var stored =
          raw(client.putObject(putArgs(key, content, md5).extraHeaders(condition).build()));
      return new Created(Put.CREATED, bare(stored.etag()));
    } catch (ExecutionException e) {
      Throwable cause = S3Errors.unwrap(e);
      return switch (S3Errors.code(cause)) {
        // The second where an object that must match does not exist.
        case "PreconditionFailed", "NoSuchKey" -> new Created(Put.TAKEN, "");
        case "NotImplemented", "MethodNotAllowed" -> new Created(Put.NO_CONDITIONS, "");
        default -> throw S3Errors.translate(action, key, cause);
      };
    }
  }

  /** Returns the entity tag. */
  String put(String key, PartBuffer content, String md5) {
    return bare(answer("write", key, client.putObject(putArgs(key, content, md5).build())).etag());
  }

  /** As {@link #put}, in the repository's storage class. */
  String putInClass(String key, PartBuffer content, String md5) {
    PutObjectAPIArgs.Builder args = putArgs(key, content, md5);
    args.headers(headers.withClass(new Http.Headers("Content-MD5", md5)));
    return bare(answer("write", key, client.putObject(args.build())).etag());
  }

  private PutObjectAPIArgs.Builder putArgs(String key, PartBuffer content, String md5) {
    return PutObjectAPIArgs.builder()
        .bucket(bucket)
        .object(name(key))
        .data(content.array(), content.length())
        .headers(headers.with(new Http.Headers("Content-MD5", md5)));
  }

  /** An upload in the repository's storage class. */
  String begin(String key) {
    CreateMultipartUploadArgs.Builder args =
        CreateMultipartUploadArgs.builder()
            .bucket(bucket)
            .object(name(key))
            .headers(headers.withClass(new Http.Headers()));
    return answer("begin the upload of", key, client.createMultipartUpload(args.build()))
        .result()
        .uploadId();
  }

  /** Returns the part's entity tag. */
  String uploadPart(String key, String uploadId, int number, PartBuffer content, String md5) {
    return bare(
        answer(
                "upload a part of",
                key,
                client.uploadPart(
                    UploadPartArgs.builder()
                        .bucket(bucket)
                        .object(name(key))
                        .uploadId(uploadId)
                        .partNumber(number)
                        .data(content.array(), content.length())
                        .headers(new Http.Headers("Content-MD5", md5))
                        .build()))
            .part()
            .etag());
  }

  /** Fails on a 200 whose body is an error, too. */
  void complete(String key, String uploadId, List<Part> parts) {
    var answer =
        answer(
            "complete",
            key,
            client.completeMultipartUpload(
                CompleteMultipartUploadArgs.builder()
                    .bucket(bucket)
                    .object(name(key))
                    .uploadId(uploadId)
                    .parts(parts.toArray(Part[]::new))
                    .maxRetries(1)
                    .delayMs(0)
                    .build()));
    assert answer != null;
  }

  void abort(String key, String uploadId) {
    try {
      var answer =
          raw(
              client.abortMultipartUpload(
                  AbortMultipartUploadArgs.builder()
                      .bucket(bucket)
                      .object(name(key))
                      .uploadId(uploadId)
                      .build()));
      assert answer != null;
    } catch (ExecutionException e) {
      Throwable cause = S3Errors.unwrap(e);
      if (!S3Errors.code(cause).equals("NoSuchUpload")) {
        throw S3Errors.translate("abort the upload of", key, cause);
      }
    }
  }

  /** An upload that is neither completed nor aborted. */
  record OpenUpload(String key, String uploadId) {}

  List<OpenUpload> openUploads(String folder) {
    List<OpenUpload> open = new ArrayList<>();
    ListMultipartUploadsResult page = null;
    do {
      ListMultipartUploadsArgs.Builder args =
          ListMultipartUploadsArgs.builder().bucket(bucket).prefix(name(folder));
      if (page != null) {
        args.keyMarker(page.nextKeyMarker()).uploadIdMarker(page.nextUploadIdMarker());
      }
      page =
          answer("list the uploads of", folder, client.listMultipartUploads(args.build())).result();
      page.uploads().stream()
          // Not every store filters by the prefix.
          .filter(upload -> upload.objectName().startsWith(name(folder)))
          .map(upload -> new OpenUpload(key(upload.objectName()), upload.uploadId()))
          .forEach(open::add);
    } while (page.isTruncated());
    return open;
  }

  List<ObjectStat> list(String folder) {
    List<ObjectStat> found = new ArrayList<>();
    ListObjectsArgs args =
        ListObjectsArgs.builder().bucket(bucket).prefix(name(folder)).recursive(true).build();
    try {
      for (Result<Item> item : client.listObjects(args)) {
        if (!item.get().isDir()) {
          found.add(new ObjectStat(key(item.get().objectName()), item.get().size()));
        }
      }
    } catch (MinioException e) {
      Throwable cause =
          e.getClass() == MinioException.class && e.getCause() != null ? e.getCause() : e;
      throw S3Errors.translate("list", folder, cause);
    } catch (IllegalStateException e) {
      // How the client's iterator tells a connection that could not be made.
      throw S3Errors.translate("list", folder, e.getCause() == null ? e : e.getCause());
    }
    return found;
  }

  /**
   * @param version null for the object itself, which a bucket with versions only hides
   */
  void delete(String key, String version) {
    RemoveObjectArgs.Builder args = RemoveObjectArgs.builder().bucket(bucket).object(name(key));
    if (version != null) {
      args.versionId(version);
    }
    answer("delete", key, client.removeObject(args.build()).thenApply(nothing -> Boolean.TRUE));
  }

  void hold(String key, boolean held) {
    try {
      Void nothing =
          raw(
              held
                  ? client.enableObjectLegalHold(
                      EnableObjectLegalHoldArgs.builder().bucket(bucket).object(name(key)).build())
                  : client.disableObjectLegalHold(
                      DisableObjectLegalHoldArgs.builder()
                          .bucket(bucket)
                          .object(name(key))
                          .build()));
      assert nothing == null;
    } catch (ExecutionException e) {
      Throwable cause = S3Errors.unwrap(e);
      throw S3Errors.code(cause).equals("NoSuchKey")
          ? S3Errors.absent(key)
          : S3Errors.translate(held ? "hold" : "end the hold of", key, cause);
    }
  }

  /** Whether objects of the bucket can be locked; empty when the keys may not ask. */
  Optional<Boolean> locks() {
    try {
      var configuration =
          raw(
              client.getObjectLockConfiguration(
                  GetObjectLockConfigurationArgs.builder().bucket(bucket).build()));
      assert configuration != null;
      return Optional.of(true);
    } catch (ExecutionException e) {
      Throwable cause = S3Errors.unwrap(e);
      return switch (S3Errors.code(cause)) {
        case "ObjectLockConfigurationNotFoundError", "NotImplemented", "MethodNotAllowed" ->
            Optional.of(false);
        case "AccessDenied" -> Optional.empty();
        default -> throw S3Errors.translate("ask for the object lock of", bucket, cause);
      };
    }
  }

  private String name(String key) {
    return connection.name(key);
  }

  private String key(String name) {
    return connection.key(name);
  }

  private static String bare(String etag) {
    return etag == null ? "" : etag.replace("\"", "");
  }

  @Override
  public void close() {
    connection.close();
  }
}
