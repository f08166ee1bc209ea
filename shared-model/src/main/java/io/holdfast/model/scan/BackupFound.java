package io.holdfast.model.scan;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.manifest.HoldNote;
import io.holdfast.model.manifest.Manifest;
import java.util.List;

/**
 * A backup that exists: its manifest was read and is vouched for.
 *
 * @param manifestSha256 of {@code manifest.json} as it is stored, lower-case hexadecimal
 * @param holds that lie beside it, lifted ones too
 */
public record BackupFound(
    String manifestSha256,
    Manifest manifest,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<HoldNote> holds) {
  public BackupFound {
    holds = holds == null ? List.of() : List.copyOf(holds);
  }

  /** That nobody ever held. */
  public BackupFound(String manifestSha256, Manifest manifest) {
    this(manifestSha256, manifest, List.of());
  }
}
