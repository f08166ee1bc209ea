package io.holdfast.api.declared;

import io.holdfast.api.problem.ApiProblem;

/** The query parameter {@code dryRun}, read strictly: a misspelt one must not change anything. */
public final class DryRun {
  private DryRun() {}

  public static boolean asked(String parameter) {
    if (parameter == null || parameter.equals("false")) {
      return false;
    }
    if (parameter.equals("true")) {
      return true;
    }
    throw ApiProblem.invalid(
        "dryRun", "must be true or false", "Send dryRun=true or leave it out.");
  }
}
