package io.holdfast.api.access;

/**
 * What a key may do. Each role is granted on its own; {@code admin} implies the others, {@code
 * operator} and {@code restorer} imply {@code viewer}. Restore is not part of operator.
 */
public final class Role {
  public static final String VIEWER = "viewer";
  public static final String OPERATOR = "operator";
  public static final String RESTORER = "restorer";
  public static final String ADMIN = "admin";

  private Role() {}
}
