package io.holdfast.api.notification;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.Map;

/**
 * One thing that happened, as it is told. The body of a webhook is exactly this: members may be
 * added, none changes its meaning within {@code NOTICE.v1}.
 *
 * @param id of what happened; the same for every target and in a redelivery
 * @param kind JOB_FAILED, RUN_MISSED, COMMAND_FORGED, TEST or the type of a cluster's event
 * @param cluster null: it is about no single one
 * @param title one line
 * @param detail a sentence with the values that matter
 * @param code null: the kind says all
 * @param hint null: nothing to look at
 * @param labels of the cluster and, with a job, of the job
 * @param details the values of the sentence
 * @param links paths or addresses of the API, by what they lead to
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonPropertyOrder({"type", "id", "kind", "severity", "at", "cluster", "title", "detail"})
record Notice(
    String id,
    String kind,
    Severity severity,
    Instant at,
    String cluster,
    String title,
    String detail,
    String code,
    String hint,
    Map<String, String> labels,
    Map<String, String> details,
    Map<String, String> links) {
  Notice {
    labels = labels == null ? Map.of() : Map.copyOf(labels);
    details = details == null ? Map.of() : Map.copyOf(details);
    links = links == null ? Map.of() : Map.copyOf(links);
  }

  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  String type() {
    return "NOTICE.v1";
  }
}
