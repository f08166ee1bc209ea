package io.holdfast.api.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.model.Problem;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Why a job or an attempt ended badly. */
@Schema(name = "JobProblem")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProblemView(String code, String detail, String hint) {
  public static ProblemView of(Problem problem) {
    return problem == null
        ? null
        : new ProblemView(problem.code(), problem.detail(), problem.hint());
  }
}
