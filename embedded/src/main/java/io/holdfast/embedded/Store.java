package io.holdfast.embedded;

import io.holdfast.embedded.s3.EmbeddedS3;
import io.holdfast.embedded.s3.S3Main;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The stack's S3: in this JVM, or as a process of its own when a test means to kill it. */
public final class Store extends Part {
  private final String accessKey;
  private final String secretKey;

  Store(Path folder, int port, boolean ownProcess, String accessKey, String secretKey) {
    super("s3", folder, port, ownProcess);
    this.accessKey = accessKey;
    this.secretKey = secretKey;
  }

  public String endpoint() {
    return "http://127.0.0.1:" + port();
  }

  public String accessKey() {
    return accessKey;
  }

  public String secretKey() {
    return secretKey;
  }

  /** Where the objects of a bucket lie as plain files, so that a test can damage one. */
  public Path folderOf(String bucket) {
    return data().resolve(bucket);
  }

  private Path data() {
    return folder().resolve("data");
  }

  @Override
  AutoCloseable startHere() {
    return EmbeddedS3.start(data(), port(), accessKey, secretKey).bucket(Stack.BUCKET);
  }

  @Override
  Program program() {
    return new Program(
        S3Main.class.getName(),
        List.of(data().toString(), Integer.toString(port()), Stack.BUCKET),
        Map.of(S3Main.ACCESS_KEY_VARIABLE, accessKey, S3Main.SECRET_KEY_VARIABLE, secretKey));
  }
}
