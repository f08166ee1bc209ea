package io.holdfast.embedded.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.process.Folders;
import io.minio.GetObjectArgs;
import io.minio.Http;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.errors.ErrorResponseException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EmbeddedS3Test {
  private static Path folder;
  private static EmbeddedS3 s3;
  private static MinioClient client;

  @BeforeAll
  static void start() {
    folder = Folders.temporary("s3");
    s3 = EmbeddedS3.start(folder, 0, "access", "secret-of-the-store").bucket("backups");
    client = client(s3, "secret-of-the-store");
  }

  private static MinioClient client(EmbeddedS3 s3, String secret) {
    return MinioClient.builder().endpoint(s3.endpoint()).credentials("access", secret).build();
  }

  @AfterAll
  static void stop() {
    s3.close();
    Folders.delete(folder);
  }

  @Test
  void takesAMultipartUploadOfUnknownSize() throws Exception {
    byte[] bytes = new byte[17 * 1024 * 1024];
    new Random(1).nextBytes(bytes);
    client.putObject(
        PutObjectArgs.builder().bucket("backups").object("large/one").stream(
                new ByteArrayInputStream(bytes), -1L, 5L * 1024 * 1024)
            .build());
    assertThat(read("large/one", 0, null)).isEqualTo(bytes);
  }

  @Test
  void answersARange() throws Exception {
    put("range", new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, false);
    assertThat(read("range", 3, 4L)).containsExactly(3, 4, 5, 6);
  }

  @Test
  void refusesToReplaceAnObjectThatMustBeNew() throws Exception {
    put("once", new byte[] {1}, true);
    assertThatThrownBy(() -> put("once", new byte[] {2}, true))
        .isInstanceOfSatisfying(
            ErrorResponseException.class,
            refusal -> assertThat(refusal.response().code()).isEqualTo(412));
    assertThat(read("once", 0, null)).containsExactly(1);
  }

  @Test
  void listsMoreThanAThousandKeys() throws Exception {
    for (int i = 0; i < 1050; i++) {
      put("many/%04d".formatted(i), new byte[] {1}, false);
    }
    int count = 0;
    for (var item :
        client.listObjects(
            ListObjectsArgs.builder().bucket("backups").prefix("many/").recursive(true).build())) {
      assertThat(item.get().objectName()).isEqualTo("many/%04d".formatted(count));
      count++;
    }
    assertThat(count).isEqualTo(1050);
  }

  @Test
  void refusesAWrongSecret() {
    MinioClient stranger = client(s3, "another-secret-altogether");
    assertThatThrownBy(
            () ->
                stranger.getObject(
                    GetObjectArgs.builder().bucket("backups").object("once").build()))
        .isInstanceOfSatisfying(
            ErrorResponseException.class,
            refusal -> assertThat(refusal.response().code()).isEqualTo(403));
  }

  @Test
  void keepsItsObjectsOverARestart() throws Exception {
    Path place = folder.resolveSibling(folder.getFileName() + "-again");
    try (EmbeddedS3 first = EmbeddedS3.start(place, 0, "access", "secret").bucket("kept")) {
      client(first, "secret")
          .putObject(
              PutObjectArgs.builder().bucket("kept").object("key").data(new byte[] {7}, 1).build());
    }
    try (EmbeddedS3 second = EmbeddedS3.start(place, 0, "access", "secret").bucket("kept");
        InputStream in =
            client(second, "secret")
                .getObject(GetObjectArgs.builder().bucket("kept").object("key").build())) {
      assertThat(in.readAllBytes()).containsExactly(7);
    } finally {
      Folders.delete(place);
    }
  }

  private static void put(String key, byte[] bytes, boolean onlyIfAbsent) throws Exception {
    PutObjectArgs.Builder arguments =
        PutObjectArgs.builder().bucket("backups").object(key).stream(
            new ByteArrayInputStream(bytes), (long) bytes.length, -1L);
    if (onlyIfAbsent) {
      arguments.extraHeaders(new Http.Headers(Map.of("If-None-Match", "*")));
    }
    client.putObject(arguments.build());
  }

  private static byte[] read(String key, long offset, Long length) throws Exception {
    GetObjectArgs.Builder arguments = GetObjectArgs.builder().bucket("backups").object(key);
    if (length != null) {
      arguments.offset(offset).length(length);
    }
    try (InputStream in = client.getObject(arguments.build())) {
      byte[] bytes = in.readAllBytes();
      return Arrays.copyOf(bytes, bytes.length);
    }
  }
}
