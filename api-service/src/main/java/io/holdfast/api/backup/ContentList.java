package io.holdfast.api.backup;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of what a logical backup holds, in the order of its tables of contents. */
@Schema(name = "BackupContentList")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ContentList(
    List<ContentView> items,
    @Schema(description = "Give it as ?cursor= for the next page; absent on the last")
        String nextCursor) {

  @Schema(name = "BackupContent")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ContentView(
      String database, String type, String schema, String name, String owner) {}
}
