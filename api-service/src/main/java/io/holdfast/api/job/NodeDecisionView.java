package io.holdfast.api.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.Selection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Which node was chosen, and why not the others. */
@Schema(name = "NodeDecision")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeDecisionView(String node, String explanation, List<VerdictView> nodes) {

  /** One declared node: what was seen of it and what followed. */
  @Schema(name = "NodeVerdict")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record VerdictView(
      String node,
      boolean chosen,
      String code,
      String reason,
      @Schema(description = "PRIMARY, STANDBY or UNKNOWN; further values may follow") String role,
      Long lagBytes,
      Double lagSeconds,
      String receiver,
      Boolean replayPaused,
      String serverVersion) {}

  public static NodeDecisionView of(Selection selection) {
    return selection == null
        ? null
        : new NodeDecisionView(
            selection.node(),
            selection.explanation(),
            selection.verdicts().stream().map(NodeDecisionView::verdict).toList());
  }

  private static VerdictView verdict(Selection.Verdict verdict) {
    NodeObservation seen = verdict.seen();
    return new VerdictView(
        seen == null ? null : seen.node(),
        verdict.chosen(),
        verdict.code(),
        verdict.reason(),
        seen == null || seen.role() == null ? null : seen.role().name(),
        seen == null ? null : seen.lagBytes(),
        seen == null ? null : seen.lagSeconds(),
        seen == null ? null : seen.receiver(),
        seen == null ? null : seen.replayPaused(),
        seen == null ? null : seen.serverVersion());
  }
}
