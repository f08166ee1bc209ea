package io.holdfast.model.backup;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What is read from the chosen node. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "method")
@JsonSubTypes({
  @JsonSubTypes.Type(value = LogicalSourceSpec.class, name = "LOGICAL"),
  @JsonSubTypes.Type(value = PhysicalSourceSpec.class, name = "PHYSICAL")
})
public sealed interface SourceSpec permits LogicalSourceSpec, PhysicalSourceSpec {}
