package io.holdfast.api.repository;

import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.SecretRef;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.ObjectLock;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.model.repository.ServerEncryption;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.regex.Pattern;

/** Reads a declaration into a spec, refusing what could mean something else to a worker. */
final class RepositoryDeclaration {
  private static final Pattern PATH_SEGMENT = Pattern.compile("[A-Za-z0-9._@+-]{1,255}");
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9a-fA-F:.]{2,45}]");

  private RepositoryDeclaration() {}

  static RepositorySpec spec(String name, RepositoryRequest request) {
    boolean s3 = request.type().equals("S3");
    if ((request.s3() != null) != s3 || (request.filesystem() != null) == s3) {
      throw ApiProblem.invalid(
          s3 ? "s3" : "filesystem",
          "type " + request.type() + " needs exactly this member",
          "Send s3 with type S3, filesystem with type FILESYSTEM.");
    }
    return s3 ? s3(name, request.s3()) : filesystem(name, request.filesystem());
  }

  private static RepositorySpec s3(String name, S3Location s3) {
    if (s3.bucket().contains("..")) {
      throw ApiProblem.invalid("s3.bucket", "must not hold two dots in a row", "Correct it.");
    }
    String prefix = s3.prefix() == null ? "" : s3.prefix();
    if (!prefix.isEmpty()) {
      segments("s3.prefix", prefix);
    }
    return new S3RepositorySpec(
        name,
        endpoint(s3.endpoint()),
        s3.region(),
        s3.bucket(),
        prefix,
        new SecretRef(s3.credentialsRef()),
        null,
        lock(s3.objectLock()),
        serverEncryption(s3.serverEncryption()));
  }

  private static ServerEncryption serverEncryption(ServerEncryptionView view) {
    if (view == null) {
      return null;
    }
    if (view.keyId() != null && !view.mode().equals("KMS")) {
      throw ApiProblem.invalid("s3.serverEncryption.keyId", "needs mode KMS", "Correct it.");
    }
    return new ServerEncryption(ServerEncryption.Mode.valueOf(view.mode()), view.keyId());
  }

  private static ObjectLock lock(ObjectLockView lock) {
    if (lock == null) {
      return null;
    }
    Duration retainFor = lock.retainFor();
    if (retainFor != null
        && (!retainFor.isPositive() || retainFor.compareTo(ObjectLock.LONGEST) > 0)) {
      throw ApiProblem.invalid(
          "s3.objectLock.retainFor",
          "must be positive and at most P" + ObjectLock.LONGEST.toDays() + "D",
          "Mind that nobody can shorten it in compliance mode.");
    }
    return new ObjectLock(ObjectLock.Mode.valueOf(lock.mode()), retainFor);
  }

  private static RepositorySpec filesystem(String name, FilesystemLocation filesystem) {
    String path = filesystem.path();
    if (!path.startsWith("/") || path.length() == 1) {
      throw ApiProblem.invalid(
          "filesystem.path",
          "must be an absolute path below the root",
          "Name a directory below a root that the workers allow.");
    }
    segments("filesystem.path", path.substring(1));
    return new FilesystemRepositorySpec(name, path);
  }

  private static void segments(String field, String path) {
    for (String segment : path.split("/", -1)) {
      if (!PATH_SEGMENT.matcher(segment).matches()
          || segment.equals(".")
          || segment.equals("..")
          || segment.startsWith("-")) {
        throw ApiProblem.invalid(
            field,
            "must be segments of letters, digits and . _ @ + - between single slashes, none of"
                + " them '.' or '..' or with a hyphen in front",
            "Choose a plain path.");
      }
    }
  }

  private static String endpoint(String text) {
    try {
      URI uri = new URI(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean bare =
          uri.getRawUserInfo() == null
              && (uri.getRawPath() == null || uri.getRawPath().isEmpty())
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
      boolean port = uri.getPort() == -1 || (uri.getPort() >= 1 && uri.getPort() <= 65535);
      if (http && bare && port && uri.getHost() != null && HOST.matcher(uri.getHost()).matches()) {
        return text;
      }
    } catch (URISyntaxException notAnUri) {
      // Said below, without the text: it may hold credentials.
    }
    throw ApiProblem.invalid(
        "s3.endpoint",
        "must be http(s)://host[:port] and nothing more",
        "Leave out path, query and user; keys belong in the worker's credentials file.");
  }
}
