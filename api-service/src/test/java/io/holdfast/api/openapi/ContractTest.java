package io.holdfast.api.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.holdfast.api.testing.Operation;
import io.holdfast.api.testing.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The checked-in contract is what the service serves. To take a wanted change over: {@code mvn -pl
 * api-service -am test -Dtest=ContractTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dholdfast.openapi.write=true}.
 */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ContractTest {
  private static final Path CONTRACT = Path.of("..", "openapi", "holdfast.yaml");
  private static final int CONTEXT = 4;
  private static final int MAX_SHOWN = 12;

  @Test
  void servesTheContractThatIsCheckedIn() throws IOException {
    String served = RestAssured.get("/q/openapi").then().statusCode(200).extract().asString();
    if (Boolean.getBoolean("holdfast.openapi.write")) {
      Files.writeString(CONTRACT, served);
    }

    List<String> wanted = Files.exists(CONTRACT) ? Files.readAllLines(CONTRACT) : List.of();

    String difference = difference(wanted, served.lines().toList());
    if (!difference.isEmpty()) {
      fail(
          "The service serves another contract than openapi/holdfast.yaml. If that is wanted, run"
              + " this test with -Dholdfast.openapi.write=true and review the change.\n"
              + difference);
    }
  }

  @Test
  void givesEveryOperationAnIdATagAndTheProblemSchema() {
    List<Operation> operations = Operation.all();
    assertThat(operations).isNotEmpty();
    assertThat(operations).extracting(Operation::id).doesNotHaveDuplicates();
    assertThat(operations)
        .allSatisfy(
            operation -> {
              assertThat(operation.id())
                  .as(operation.toString())
                  .matches("(list|get|put|create|delete|cancel|stream|apply)[A-Z][A-Za-z]+");
              assertThat(operation.tags()).as(operation.toString()).hasSize(1);
              assertThat(operation.statuses())
                  .as(operation.toString())
                  .contains("401", "403", "422", "default");
              assertThat(operation.summary()).as(operation.toString()).isNotBlank();
            });
  }

  @Test
  void usesNothingThatGeneratorsStumbleOver() {
    String served = RestAssured.get("/q/openapi").then().extract().asString();

    assertThat(served).startsWith("---\nopenapi: 3.1.0").doesNotContain("oneOf", "anyOf");
  }

  /** Line by line from the first difference; short, because the rest follows from it. */
  private static String difference(List<String> wanted, List<String> served) {
    int start = 0;
    while (start < wanted.size()
        && start < served.size()
        && wanted.get(start).equals(served.get(start))) {
      start++;
    }
    int wantedEnd = wanted.size();
    int servedEnd = served.size();
    while (wantedEnd > start
        && servedEnd > start
        && wanted.get(wantedEnd - 1).equals(served.get(servedEnd - 1))) {
      wantedEnd--;
      servedEnd--;
    }
    if (start == wantedEnd && start == servedEnd) {
      return "";
    }
    List<String> lines = new ArrayList<>();
    lines.add("@@ line " + (start + 1) + " @@");
    wanted.subList(Math.max(0, start - CONTEXT), start).forEach(line -> lines.add("  " + line));
    show("- ", wanted.subList(start, wantedEnd), lines);
    show("+ ", served.subList(start, servedEnd), lines);
    return String.join("\n", lines);
  }

  private static void show(String sign, List<String> changed, List<String> into) {
    changed.stream().limit(MAX_SHOWN).forEach(line -> into.add(sign + line));
    if (changed.size() > MAX_SHOWN) {
      into.add(sign + "... " + (changed.size() - MAX_SHOWN) + " more lines");
    }
  }
}
