package io.holdfast.api.fleet;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.declared.DeclaredKind;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the fleet in the form in which it is applied. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class FleetExport {
  private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  @Inject ObjectMapper json;
  @Inject FleetKinds kinds;
  @Inject Owners owners;

  /**
   * @param owner null: whoever applied it, and what nobody did
   */
  List<FleetDeclaration> declarations(String owner) {
    Map<String, Owners.Owned> owned = owner == null ? Map.of() : owners.all();
    List<FleetDeclaration> all = new ArrayList<>();
    for (DeclaredKind<?> kind : kinds.all()) {
      addAll(kind, owner, owned, all);
    }
    return all;
  }

  private <R> void addAll(
      DeclaredKind<R> kind,
      String owner,
      Map<String, Owners.Owned> owned,
      List<FleetDeclaration> into) {
    for (DeclaredKind.Named<R> each : kind.declarations()) {
      Owners.Owned whose = owned.get(kind.path(each.name()));
      if (owner == null || whose != null && whose.owner().equals(owner)) {
        into.add(
            new FleetDeclaration(
                FleetDeclaration.API_VERSION, kind.kind(), each.name(), spec(each.form())));
      }
    }
  }

  /** What is not set is left out, as a person would. */
  private Map<String, Object> spec(Object form) {
    JsonNode tree = json.valueToTree(form);
    if (tree instanceof ObjectNode object) {
      object.properties().removeIf(member -> empty(member.getValue()));
    }
    return json.convertValue(tree, MEMBERS);
  }

  private static boolean empty(JsonNode value) {
    return value.isNull() || value.isContainerNode() && value.isEmpty();
  }
}
