package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.Stack;
import io.holdfast.embedded.WorkerCredentials;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.s3.EmbeddedS3;
import io.holdfast.embedded.s3.S3Front;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two pools at one store: whose keys back up cannot delete, and whose keys delete never back up.
 */
@Tag("slow")
class ExpiryPoolTest {
  private static final String LOGICAL = "{\"method\":\"LOGICAL\"}";
  private static final String EXPIRER = "expirer";
  private static final String SECRET = "secret-of-the-expirer";

  @Test
  void whatTheClustersWorkersCannotRemoveTheOtherPoolRemoves(@TempDir Path folder) {
    Path keys = folder.resolve("expirer.yaml");
    new WorkerCredentials().writeTo(keys);
    try (Fleet fleet =
            Fleet.own(
                stack ->
                    stack
                        .workers(2)
                        .workerSetting(1, "holdfast.worker.pool", "vault")
                        .workerSetting(1, "holdfast.worker.credentials-file", keys.toString()));
        EmbeddedS3 store =
            EmbeddedS3.behindFront(
                    folder.resolve("store"),
                    fleet.stack().s3().accessKey(),
                    fleet.stack().s3().secretKey())
                .bucket(Stack.BUCKET)
                .alsoFor(EXPIRER, SECRET);
        S3Front front = S3Front.withDeletesOnlyBy(store.port(), EXPIRER);
        PostgresCluster cluster = fleet.startCluster(0)) {
      new WorkerCredentials()
          .s3(Stack.S3_REFERENCE, EXPIRER, SECRET, List.of(front.endpoint()), List.of(Stack.BUCKET))
          .writeTo(keys);
      String name = fleet.declare(cluster, fleet.s3RepositoryAt(front.endpoint()));
      Retentions retention = new Retentions(fleet, name);
      retention.declare(Retentions.LITTLE);
      String first = fleet.backedUp(name, LOGICAL);
      String second = fleet.backedUp(name, LOGICAL);
      String last = fleet.backedUp(name, LOGICAL);
      Path bucket = store.folderOf(Stack.BUCKET);

      JsonNode refused = fleet.finish(fleet.start("/clusters/" + name + "/expirations", "{}"));

      assertThat(refused.path("problem").path("code").asText())
          .as(refused.toString())
          .isEqualTo("REPOSITORY_REFUSED");
      assertThat(front.refused()).isPositive();
      for (String backup : List.of(first, second, last)) {
        assertThat(Retentions.objects(bucket, name, backup))
            .contains("manifest.json")
            .anyMatch(object -> object.endsWith("SHA256SUMS"));
      }
      assertThat(fleet.api().get("/backups/" + first).path("state").asText()).isEqualTo("EXPIRING");

      JsonNode removed =
          fleet.finish(fleet.start("/clusters/" + name + "/expirations", "{\"pool\":\"vault\"}"));

      assertThat(removed.path("state").asText()).as(removed.toString()).isEqualTo("SUCCEEDED");
      assertThat(Retentions.objects(bucket, name, first)).containsExactly("expired.json");
      assertThat(Retentions.objects(bucket, name, second)).containsExactly("expired.json");
      fleet.assertAlwaysTrue(name);

      JsonNode byHand =
          fleet.finish(
              retention
                  .delete(last, "?confirm=" + last + "&pool=vault")
                  .body()
                  .path("id")
                  .asText());

      assertThat(byHand.path("state").asText()).as(byHand.toString()).isEqualTo("SUCCEEDED");
      assertThat(Retentions.objects(bucket, name, last)).containsExactly("expired.json");
    }
  }
}
