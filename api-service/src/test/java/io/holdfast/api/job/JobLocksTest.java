package io.holdfast.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.testing.ApiFixture;
import io.holdfast.api.testing.StackResource;
import io.holdfast.model.JobId;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Set;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class JobLocksTest {
  @Test
  void locksTheJobsThatEventsAreAboutAndNoOthers() {
    try (ApiFixture one = new ApiFixture();
        ApiFixture another = new ApiFixture()) {
      JobId wanted = new JobId(one.backup("{\"method\":\"LOGICAL\"}"));
      String other = another.backup("{\"method\":\"LOGICAL\"}");

      Set<JobId> locked =
          QuarkusTransaction.requiringNew().call(() -> JobEntity.lockAll(Set.of(wanted)).keySet());

      assertThat(other).isNotEqualTo(wanted.value());
      assertThat(locked).containsExactly(wanted);
    }
  }
}
