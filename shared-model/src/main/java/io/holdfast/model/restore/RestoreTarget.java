package io.holdfast.model.restore;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Where a restore goes. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "method")
@JsonSubTypes({
  @JsonSubTypes.Type(value = LogicalRestoreTarget.class, name = "LOGICAL"),
  @JsonSubTypes.Type(value = PhysicalRestoreTarget.class, name = "PHYSICAL")
})
public sealed interface RestoreTarget permits LogicalRestoreTarget, PhysicalRestoreTarget {}
