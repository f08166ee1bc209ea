package io.holdfast.api.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.problem.ApiProblem;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentEndEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceEndEvent;
import org.yaml.snakeyaml.events.StreamEndEvent;

/**
 * Reads YAML as if it were JSON, from the parser's events: no tag can ask for a class, and a word
 * such as {@code no} or {@code 1:30} is a string, as in YAML 1.2. Depth and the number of values
 * are bounded, with every use of an alias counted as all that it stands for.
 */
final class YamlTree {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_VALUES = 200_000;

  private final Iterator<Event> events;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private int values;

  /** A value that has a name, and how many values it stands for. */
  private record Anchored(JsonNode value, int values) {}

  /**
   * @param line from 1
   */
  record Document(int line, JsonNode value) {}

  private YamlTree(String text) {
    LoaderOptions limits = new LoaderOptions();
    limits.setCodePointLimit(Integer.MAX_VALUE);
    this.events = new Yaml(limits).parse(new StringReader(text)).iterator();
  }

  /**
   * @param text bounded by the size of a request
   * @throws ApiProblem 400 for what is not YAML, 422 for what is not taken of it
   */
  static List<Document> read(String text) {
    try {
      return new YamlTree(text).documents();
    } catch (MarkedYAMLException malformed) {
      throw malformed(place(malformed.getProblemMark()) + malformed.getProblem());
    } catch (YAMLException malformed) {
      throw malformed("it holds a character that YAML does not allow");
    }
  }

  private List<Document> documents() {
    List<Document> documents = new ArrayList<>();
    for (Event event = events.next(); !(event instanceof StreamEndEvent); event = events.next()) {
      if (event instanceof DocumentStartEvent) {
        anchors.clear();
        Event first = events.next();
        documents.add(new Document(first.getStartMark().getLine() + 1, value(first, 1)));
      } else if (!(event instanceof DocumentEndEvent)) {
        continue;
      }
    }
    return documents;
  }

  private JsonNode value(Event event, int depth) {
    if (depth > MAX_DEPTH) {
      throw refused(event, "is nested deeper than " + MAX_DEPTH + " levels");
    }
    if (event instanceof AliasEvent alias) {
      return alias(alias);
    }
    int before = values;
    count(event, 1);
    JsonNode value =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar);
          case MappingStartEvent mapping -> mapping(mapping, depth);
          default -> sequence(event, depth);
        };
    if (event instanceof NodeEvent node && node.getAnchor() != null) {
      anchors.put(node.getAnchor(), new Anchored(value, values - before));
    }
    return value;
  }

  /** A value that is not complete yet has no name yet, so nothing can hold itself. */
  private JsonNode alias(AliasEvent alias) {
    Anchored anchored = anchors.get(alias.getAnchor());
    if (anchored == null) {
      throw refused(alias, "names an anchor that is not in this document before it");
    }
    count(alias, anchored.values());
    return anchored.value();
  }

  private JsonNode mapping(MappingStartEvent start, int depth) {
    untagged(start);
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (Event key = events.next(); !(key instanceof MappingEndEvent); key = events.next()) {
      if (!(key instanceof ScalarEvent name) || name.getTag() != null) {
        throw refused(key, "is a key that is not plain text");
      }
      if (name.isPlain() && name.getValue().equals("<<")) {
        throw refused(key, "is a merge key, which is not taken; repeat the fields");
      }
      if (object.has(name.getValue())) {
        throw refused(key, "repeats a key");
      }
      object.set(name.getValue(), value(events.next(), depth + 1));
    }
    return object;
  }

  private JsonNode sequence(Event start, int depth) {
    untagged((CollectionStartEvent) start);
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Event item = events.next(); !(item instanceof SequenceEndEvent); item = events.next()) {
      array.add(value(item, depth + 1));
    }
    return array;
  }

  private static void untagged(CollectionStartEvent start) {
    if (start.getTag() != null) {
      throw refused(start, "has a tag; tags are not taken");
    }
  }

  private static JsonNode scalar(ScalarEvent scalar) {
    if (scalar.getTag() != null) {
      throw refused(scalar, "has a tag; tags are not taken");
    }
    return scalar.isPlain() ? PlainScalar.value(scalar.getValue()) : text(scalar.getValue());
  }

  private static JsonNode text(String text) {
    return JsonNodeFactory.instance.textNode(text);
  }

  private void count(Event event, int more) {
    values += more;
    if (values > MAX_VALUES) {
      throw refused(event, "is the value after " + MAX_VALUES + ", with aliases written out");
    }
  }

  private static ApiProblem refused(Event at, String because) {
    return ApiProblem.invalid(
        "body", place(at.getStartMark()) + because, "Write plain YAML without it.");
  }

  private static ApiProblem malformed(String because) {
    return new ApiProblem(
        400,
        "malformed-request",
        "The body is not YAML: " + because + ".",
        "Check indentation, quotes and colons there.");
  }

  private static String place(Mark mark) {
    return mark == null
        ? ""
        : "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ": ";
  }

  /** Whether there is anything in it; a document of comments is none. */
  static boolean empty(JsonNode value) {
    return value == null || value instanceof NullNode;
  }
}
