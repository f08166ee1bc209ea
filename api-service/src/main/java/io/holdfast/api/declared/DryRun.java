package io.holdfast.api.declared;

/** The query parameter {@code dryRun}, read strictly: a misspelt one must not change anything. */
public final class DryRun {
  private DryRun() {}

  public static boolean asked(String parameter) {
    return Flag.asked("dryRun", parameter);
  }
}
