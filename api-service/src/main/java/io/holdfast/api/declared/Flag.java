package io.holdfast.api.declared;

import io.holdfast.api.problem.ApiProblem;

/** A query parameter that is true or false, read strictly: a misspelt one must not be a no. */
public final class Flag {
  private Flag() {}

  public static boolean asked(String name, String parameter) {
    if (parameter == null || parameter.equals("false")) {
      return false;
    }
    if (parameter.equals("true")) {
      return true;
    }
    throw ApiProblem.invalid(
        name, "must be true or false", "Send " + name + "=true or leave it out.");
  }
}
