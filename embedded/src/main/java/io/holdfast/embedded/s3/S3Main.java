package io.holdfast.embedded.s3;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * The S3 endpoint as a process of its own, so that a test can kill it: {@code S3Main <folder>
 * <port> [bucket...]}. The keys come from the environment, since everybody can read arguments. It
 * runs until it is killed.
 */
public final class S3Main {
  public static final String ACCESS_KEY_VARIABLE = "HOLDFAST_S3_ACCESS_KEY";
  public static final String SECRET_KEY_VARIABLE = "HOLDFAST_S3_SECRET_KEY";

  private S3Main() {}

  public static void main(String[] arguments) throws InterruptedException {
    EmbeddedS3 s3 =
        EmbeddedS3.start(
            Path.of(arguments[0]),
            Integer.parseInt(arguments[1]),
            required(ACCESS_KEY_VARIABLE),
            required(SECRET_KEY_VARIABLE));
    for (int i = 2; i < arguments.length; i++) {
      s3.bucket(arguments[i]);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(s3::close));
    System.out.println("ready " + s3.endpoint());
    new CountDownLatch(1).await();
  }

  private static String required(String variable) {
    String value = System.getenv(variable);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(variable + " is not set");
    }
    return value;
  }
}
