package io.holdfast.api.sql;

/**
 * What follows {@code =} in SQL when a value is to be one of those that a parameter lists as a JSON
 * array: one text for any number of values, where a list in HQL would be translated anew for each
 * length.
 */
public final class AnyOf {
  private AnyOf() {}

  public static String texts(String parameter) {
    return of(parameter, "text");
  }

  public static String uuids(String parameter) {
    return of(parameter, "uuid");
  }

  public static String bigints(String parameter) {
    return of(parameter, "bigint");
  }

  /**
   * The function calls its column "value" whatever alias it is given. Under an alias such as "id"
   * the column of the outer row would be meant, and every row would match.
   */
  private static String of(String parameter, String type) {
    return "any(array(select cast(value as "
        + type
        + ") from jsonb_array_elements_text(cast(:"
        + parameter
        + " as jsonb))))";
  }
}
