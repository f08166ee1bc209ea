package io.holdfast.api.backup;

import static io.holdfast.api.testing.ApiFixture.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.holdfast.api.testing.Api;
import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.job.JobSpec;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class IncrementalBackupTest {
  private static final String FULL = "{\"method\":\"PHYSICAL\"}";
  private final Instant now = Instant.now();
  private ApiFixture api;

  @BeforeEach
  void declare() {
    api = new ApiFixture();
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void buildsOnTheNewestAvailableBackupAndShowsIt() {
    String full = api.physical("0/020000", "0/040000", now.minusSeconds(600));
    api.physical(FULL, "0/120000", "0/140000", now.minusSeconds(300), "tiny");
    String incremental =
        api.physical(incremental(""), "0/220000", "0/240000", now.minusSeconds(100), null);

    admin().get("/api/v1/backups/" + incremental).then().body("parent", equalTo(full));
    admin().get("/api/v1/backups/" + full).then().body("parent", nullValue());
    PhysicalSourceSpec next = source(incremental(",\"otherwise\":\"FULL\""));
    assertThat(next.parent().value()).isEqualTo(incremental);
    assertThat(next.otherwise()).isEqualTo(PhysicalSourceSpec.Otherwise.FULL);
  }

  @Test
  void buildsOnTheParentThatIsNamed() {
    String full = api.physical("0/020000", "0/040000", now.minusSeconds(600));
    api.physical("0/120000", "0/140000", now.minusSeconds(300));

    PhysicalSourceSpec source = source(incremental(",\"parent\":\"" + full + "\""));

    assertThat(source.parent().value()).isEqualTo(full);
    assertThat(source.otherwise()).isEqualTo(PhysicalSourceSpec.Otherwise.FAIL);
  }

  @Test
  void refusesAParentThatIsSuspectOrUnknown() {
    String suspect = api.physical(FULL, "0/120000", "0/140000", now.minusSeconds(300), "tiny");

    for (String parent : new String[] {suspect, "01890000-0000-7000-8000-000000000000", "x"}) {
      Api.problem(
              admin()
                  .body(incremental(",\"otherwise\":\"FULL\",\"parent\":\"" + parent + "\""))
                  .post("/api/v1/clusters/" + api.cluster() + "/backups")
                  .then(),
              422,
              "invalid-request")
          .body("violations.field", hasItem("physical.parent"));
    }
  }

  @Test
  void takesAFullOneWithoutAParentOnlyWhenToldTo() {
    Api.problem(
        admin().body(incremental("")).post("/api/v1/clusters/" + api.cluster() + "/backups").then(),
        422,
        "invalid-request");

    assertThat(source(incremental(",\"otherwise\":\"FULL\"")).parent()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"type\":\"PARTIAL\"}|physical.type",
        "{\"otherwise\":\"FULL\"}|physical.otherwise",
        "{\"type\":\"FULL\",\"parent\":\"x\"}|physical.parent",
        "{\"type\":\"INCREMENTAL\",\"otherwise\":\"WAIT\"}|physical.otherwise"
      })
  void refusesOptionsThatDoNotHold(String physical, String field) {
    Api.problem(
            admin()
                .body("{\"method\":\"PHYSICAL\",\"physical\":" + physical + "}")
                .post("/api/v1/clusters/" + api.cluster() + "/backups")
                .then(),
            422,
            "invalid-request")
        .body("violations.field", hasItem(field));
  }

  private static String incremental(String more) {
    return "{\"method\":\"PHYSICAL\",\"physical\":{\"type\":\"INCREMENTAL\"" + more + "}}";
  }

  private PhysicalSourceSpec source(String body) {
    String id = api.backup(body);
    return (PhysicalSourceSpec) ((JobSpec.Backup) api.worker().awaitRun(id, 1).spec()).source();
  }
}
