package io.holdfast.model.restore;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Where recovery of a physical restore ends. Further targets need archived WAL. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RecoveryTarget.EndOfBackup.class, name = "END_OF_BACKUP")
})
public sealed interface RecoveryTarget permits RecoveryTarget.EndOfBackup {
  /** As soon as the copy is consistent: the backup's own WAL and nothing more. */
  record EndOfBackup() implements RecoveryTarget {}
}
