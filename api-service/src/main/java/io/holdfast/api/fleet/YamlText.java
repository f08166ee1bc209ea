package io.holdfast.api.fleet;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Writes declarations as YAML, a document each; what might be read as another type is quoted. */
final class YamlText {
  private YamlText() {}

  static String of(List<FleetDeclaration> declarations, ObjectMapper json) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setExplicitStart(true);
    options.setIndent(2);
    options.setSplitLines(false);
    // Or a control character would make the whole text binary, with a tag that is not read back.
    options.setNonPrintableStyle(DumperOptions.NonPrintableStyle.ESCAPE);
    List<?> plain = declarations.stream().map(each -> json.convertValue(each, Map.class)).toList();
    return new Yaml(options).dumpAll(plain.iterator());
  }
}
