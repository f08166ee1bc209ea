package io.holdfast.api.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.declared.DeclaredName;
import io.holdfast.api.problem.ApiProblem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTreeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void readsWhatJsonWouldSay() {
    assertThat(one("a: 1\nb: [true, null, -2.5]\nc:\n  d: 'x'\n").toString())
        .isEqualTo("{\"a\":1,\"b\":[true,null,-2.5],\"c\":{\"d\":\"x\"}}");
    assertThat(one("{\"a\": {\"b\": [1, \"2\"]}}").toString())
        .isEqualTo("{\"a\":{\"b\":[1,\"2\"]}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no", "yes", "on", "off", "True", "NULL", "0123", "0x1f", "1_000", "1:30", "12:30:45",
        "2026-01-31", "2026-01-31T00:00:00Z", ".5", "5.", "+1", ".inf", ".nan", "1e", "P7D", "=",
            "7d"
      })
  void leavesAWordAWord(String word) {
    assertThat(one("a: " + word).get("a").isTextual()).isTrue();
    assertThat(one("a: " + word).get("a").textValue()).isEqualTo(word);
  }

  @Test
  void keepsANumberExact() {
    assertThat(one("a: 7312345678901234567").get("a").asText()).isEqualTo("7312345678901234567");
    assertThat(one("a: 18446744073709551615").get("a").asText()).isEqualTo("18446744073709551615");
    assertThat(one("a: 1.10").get("a").asText()).isEqualTo("1.10");
  }

  @Test
  void readsEveryDocumentAndWhereItBegins() {
    List<YamlTree.Document> documents = YamlTree.read("# first\na: 1\n---\n\nb: 2\n...\n---\n");

    assertThat(documents).extracting(YamlTree.Document::line).startsWith(2, 5);
    assertThat(documents.get(1).value().toString()).isEqualTo("{\"b\":2}");
    assertThat(YamlTree.empty(documents.get(2).value())).isTrue();
    assertThat(YamlTree.read("")).isEmpty();
    assertThat(YamlTree.read("# nothing\n")).isEmpty();
  }

  @Test
  void writesAliasesOutWithinTheirDocument() {
    assertThat(one("a: &x {b: 1}\nc: *x").toString())
        .isEqualTo("{\"a\":{\"b\":1},\"c\":{\"b\":1}}");
    assertThat(refused("a: &x 1\n---\nb: *x\n").getMessage())
        .isEqualTo(
            "body: line 3, column 4: names an anchor that is not in this document before it");
  }

  @Test
  void refusesAliasesThatStandForTooMuch() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 20; i++) {
      String before = ",*a" + (i - 1);
      laughs.append("a%d: &a%d [".formatted(i, i));
      laughs.append(before.repeat(10).substring(1)).append("]\n");
    }

    assertThat(refused(laughs.toString()).getMessage())
        .contains("is the value after 200000, with aliases written out");
  }

  @Test
  void refusesAValueThatHoldsItself() {
    assertThat(refused("a: &a [1, *a]\n").status()).isEqualTo(422);
  }

  @Test
  void refusesWhatIsNestedTooDeep() {
    assertThat(one("a: " + "[".repeat(31) + "]".repeat(31))).isNotNull();
    assertThat(refused("a: " + "[".repeat(32) + "]".repeat(32)).getMessage())
        .contains("nested deeper than 32 levels");
    assertThat(refused("[".repeat(500_000)).getMessage()).contains("deeper than 32 levels");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: !!javax.script.ScriptEngineManager [x]|has a tag; tags are not taken",
        "a: !!str 1|has a tag; tags are not taken",
        "!x {a: 1}|has a tag; tags are not taken",
        "!x a: 1|is a key that is not plain text",
        "[a]: 1|is a key that is not plain text",
        "{a: &b {c: 1}, <<: *b}|is a merge key, which is not taken; repeat the fields",
        "{a: 1, a: 2}|repeats a key",
        "{a: 1, 'a': 2}|repeats a key",
      })
  void refusesWhatJsonHasNot(String yaml, String because) {
    ApiProblem refused = refused(yaml);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.getMessage()).endsWith(because);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a: b: c", "a: [1", "a: \"x", "a: 1\n b: 2", "a: @b", "\t- a", "}"})
  void saysWhereItIsNotYaml(String text) {
    ApiProblem refused = refused(text);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.getMessage()).startsWith("The body is not YAML: line ").contains(", column");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "~",
        "null",
        "yes",
        "1e3",
        "1_0",
        "0x1f",
        "0o7",
        "- a",
        "a: b",
        "#x",
        "*a",
        "&a",
        "!x",
        "%",
        "@",
        "`",
        " x ",
        "line\nline",
        "tab\tx",
        "quote'\"",
        "ü€😀",
        "1",
        "1.0",
        "true",
        "\u0007",
        "2026-01-31",
        "---",
        "...",
        "{}",
        "[]",
        "?",
        "- ",
        "x #y",
        "=",
        "<<"
      })
  void readsBackWhatItWrites(String text) {
    Map<String, Object> spec = Map.of("text", text, "number", 5, "flag", true);
    String yaml =
        YamlText.of(
            List.of(
                new FleetDeclaration("holdfast/v1", "Cluster", DeclaredName.of("orders"), spec)),
            JSON);

    assertThat(one(yaml).get("spec")).isEqualTo(JSON.valueToTree(spec));
  }

  private static JsonNode one(String yaml) {
    List<YamlTree.Document> documents = YamlTree.read(yaml);
    assertThat(documents).hasSize(1);
    return documents.get(0).value();
  }

  private static ApiProblem refused(String yaml) {
    return catchThrowableOfType(ApiProblem.class, () -> YamlTree.read(yaml));
  }
}
