package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.junit.RequiresProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AlertRulesTest {
  private static final Path ALERTS = Path.of("..", "docs", "operations", "alerts");
  private static final Path RUNBOOKS = Path.of("..", "docs", "operations", "runbooks");
  private static final Path OPERATOR =
      Path.of("..", "k8s", "components", "monitoring", "prometheus-rule.yaml");
  private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
  private static final Pattern TESTED = Pattern.compile("- name: (\\w+) (fires|is silent)");

  @Test
  void haveAPageEachAndNoPageTooMany() throws IOException {
    try (Stream<Path> pages = Files.list(RUNBOOKS)) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              alerts().stream().map(alert -> alert + ".md").toList());
    }
    for (String alert : alerts()) {
      assertThat(RUNBOOKS.resolve(alert + ".md"))
          .content()
          .startsWith("# " + alert + "\n")
          .contains("\n## Look at\n", "\n## Do\n");
    }
  }

  @Test
  void areEachTriedWithACaseThatFiresAndOneThatDoesNot() throws IOException {
    Matcher test = TESTED.matcher(Files.readString(ALERTS.resolve("holdfast.tests.yaml")));
    TreeSet<String> tested = new TreeSet<>();
    while (test.find()) {
      tested.add(test.group(1) + " " + test.group(2));
    }

    assertThat(tested)
        .containsExactlyInAnyOrderElementsOf(
            alerts().stream()
                .flatMap(alert -> Stream.of(alert + " fires", alert + " is silent"))
                .toList());
  }

  @Test
  void areTheSameForThePrometheusOperator() throws IOException {
    String rules = Files.readString(ALERTS.resolve("holdfast.rules.yaml"));
    String groups = rules.substring(rules.indexOf("groups:\n"));

    assertThat(OPERATOR).content().endsWith("spec:\n" + groups.indent(2));
  }

  /** Half a minute on a busy machine. */
  @Test
  @Tag("slow")
  @RequiresProgram(value = Promtool.NAME, install = Promtool.INSTALL)
  void fireAndAreSilentAsTheirTestsSay() throws IOException, InterruptedException {
    Promtool.check(ALERTS, "check", "rules", "holdfast.rules.yaml");
    Promtool.check(ALERTS, "test", "rules", "holdfast.tests.yaml");
  }

  private static List<String> alerts() throws IOException {
    Matcher alert = ALERT.matcher(Files.readString(ALERTS.resolve("holdfast.rules.yaml")));
    return alert.results().map(found -> found.group(1)).sorted().toList();
  }
}
