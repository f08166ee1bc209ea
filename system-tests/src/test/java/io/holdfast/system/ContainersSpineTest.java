package io.holdfast.system;

import io.holdfast.embedded.Ground;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.postgres.Login;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.MinIOContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** On containers of the real servers, for whoever has an engine. */
class ContainersSpineTest extends SpineContract {
  private static final String KAFKA = "apache/kafka-native:4.1.1";
  private static final String MINIO = "minio/minio:RELEASE.2025-09-07T16-13-09Z";

  @Override
  Site open() throws Exception {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      skip("no container engine answers here");
    }
    KafkaContainer kafka = new KafkaContainer(DockerImageName.parse(KAFKA));
    MinIOContainer minio = new MinIOContainer(DockerImageName.parse(MINIO));
    PostgreSQLContainer catalog = postgres();
    PostgreSQLContainer server = postgres();
    try {
      Startables.deepStart(kafka, minio, catalog, server).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ContainerFetchException) {
        skip("the container engine cannot fetch the images: " + e.getCause().getMessage());
      }
      throw e;
    }
    try (MinioClient client =
        MinioClient.builder()
            .endpoint(minio.getS3URL())
            .credentials(minio.getUserName(), minio.getPassword())
            .build()) {
      client.makeBucket(MakeBucketArgs.builder().bucket(Stack.BUCKET).build());
    }
    Stack stack =
        stack()
            .on(
                new Ground(
                    kafka.getBootstrapServers(),
                    minio.getS3URL(),
                    minio.getUserName(),
                    minio.getPassword(),
                    catalog.getJdbcUrl(),
                    new Login(catalog.getUsername(), catalog.getPassword())))
            .start();
    return new Site(
        stack,
        server.getHost(),
        server.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
        new Login(server.getUsername(), server.getPassword()),
        List.of(stack, server, catalog, minio, kafka));
  }

  /** Said on the console too, where a skipped test is only a number. */
  private static void skip(String why) {
    String sentence =
        "ContainersSpineTest SKIPPED: "
            + why
            + ". Nothing was tried on containers; EmbeddedSpineTest takes the same steps on the"
            + " embedded servers.";
    System.out.println(sentence);
    Assumptions.abort(sentence);
  }

  /** Of the major whose programs this machine has: an older pg_dump refuses a newer server. */
  private static PostgreSQLContainer postgres() {
    return new PostgreSQLContainer(
        DockerImageName.parse("postgres:" + PostgresInstall.newest().major()));
  }
}
