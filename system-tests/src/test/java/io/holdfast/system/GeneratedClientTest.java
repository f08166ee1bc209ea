package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.client.ApiClient;
import io.holdfast.client.ApiException;
import io.holdfast.client.api.AccessApi;
import io.holdfast.client.api.BackupsApi;
import io.holdfast.client.api.ClustersApi;
import io.holdfast.client.api.JobsApi;
import io.holdfast.client.api.RepositoriesApi;
import io.holdfast.client.api.VerificationsApi;
import io.holdfast.client.model.ApiKey;
import io.holdfast.client.model.ApiKeyRequest;
import io.holdfast.client.model.Backup;
import io.holdfast.client.model.BackupRequest;
import io.holdfast.client.model.ClusterRequest;
import io.holdfast.client.model.FilesystemLocation;
import io.holdfast.client.model.Job;
import io.holdfast.client.model.Node;
import io.holdfast.client.model.RepositoryRequest;
import io.holdfast.client.model.VerificationRequest;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The published contract is what the service does: its generated client walks the main flow. */
class GeneratedClientTest {
  private final Fleet fleet = Fleet.shared();

  @Test
  void backsUpAndVerifiesByTheGeneratedClient() throws Exception {
    ApiClient admin = client(fleet.stack().adminKey());
    try (PostgresCluster cluster = fleet.startCluster(0)) {
      cluster.primary().execute("CREATE TABLE seen_by_client (v int)");
      // The worker must know the login; the declaration is then made again by the client.
      String credentials = fleet.declare(cluster, fleet.filesystemRepository());

      RepositoriesApi repositories = new RepositoriesApi(admin);
      repositories.putRepository(
          "by-client",
          new RepositoryRequest()
              .type("FILESYSTEM")
              .filesystem(
                  new FilesystemLocation()
                      .path(fleet.stack().repositoriesRoot().resolve("by-client").toString())),
          null,
          null,
          null);
      assertThat(repositories.getRepository("by-client").getType()).isEqualTo("FILESYSTEM");
      ClustersApi clusters = new ClustersApi(admin);
      clusters.putCluster(
          "by-client",
          new ClusterRequest()
              .repository("by-client")
              .credentialsRef(credentials)
              .nodes(
                  List.of(
                      new Node()
                          .name("primary")
                          .host(cluster.primary().host())
                          .port(cluster.primary().port()))),
          null,
          null,
          null);
      assertThat(clusters.getCluster("by-client").getNodes()).hasSize(1);
      assertThat(clusters.listClusters(null, 200).getItems())
          .anyMatch(found -> found.getName().equals("by-client"));

      BackupsApi backups = new BackupsApi(admin);
      JobsApi jobs = new JobsApi(admin);
      Job job =
          backups.createBackup(
              "by-client",
              new BackupRequest().method("LOGICAL"),
              null,
              "client-" + System.nanoTime(),
              null);
      Job done = finish(jobs, job);
      assertThat(done.getOutcome()).as(done.toString()).isEqualTo("SUCCEEDED");
      assertThat(jobs.getJobOutcome(done.getId(), null, null).getState()).isEqualTo("SUCCEEDED");
      assertThat(jobs.listJobEvents(done.getId(), null).getItems())
          .anyMatch(event -> event.getType().equals("FINISHED"));

      Backup backup = backups.getBackup(done.getResult().getBackupId());
      assertThat(backup.getArtifacts()).isNotEmpty();
      assertThat(backups.listBackupContents(backup.getId(), null, "postgres", 200).getItems())
          .anyMatch(content -> "seen_by_client".equals(content.getName()));
      VerificationsApi verifications = new VerificationsApi(admin);
      Job verified =
          finish(
              jobs,
              verifications.createVerification(
                  backup.getId(), new VerificationRequest().level("STRUCTURE"), null, null, null));
      assertThat(verified.getOutcome()).as(verified.toString()).isEqualTo("SUCCEEDED");
      assertThat(verifications.listVerifications(backup.getId()).getItems()).isNotEmpty();

      AccessApi access = new AccessApi(admin);
      ApiKey key =
          access.createApiKey(
              new ApiKeyRequest()
                  .name("client")
                  .roles(List.of("viewer"))
                  .clusters(List.of("by-client")));
      ApiClient viewer = client(key.getKey());
      assertThat(new ClustersApi(viewer).listClusters(null, null).getItems()).hasSize(1);
      assertThatThrownBy(
              () ->
                  new BackupsApi(viewer)
                      .createBackup(
                          "by-client", new BackupRequest().method("LOGICAL"), null, null, null))
          .isInstanceOfSatisfying(
              ApiException.class, refused -> assertThat(refused.getCode()).isEqualTo(403));
    }
  }

  private static String etag(ClustersApi clusters, String name) throws ApiException {
    return clusters.getClusterWithHttpInfo(name).getHeaders().get("ETag").getFirst();
  }

  private ApiClient client(String key) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(fleet.stack().apiUrl().toString());
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + key));
    return client;
  }

  private static Job finish(JobsApi jobs, Job job) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> jobs.getJob(job.getId()), found -> Boolean.TRUE.equals(found.getDone()));
  }
}
