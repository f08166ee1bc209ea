package io.holdfast.embedded.postgres;

/**
 * A role that may log in.
 *
 * @param username the role
 * @param password its password; not part of {@link #toString()}
 */
public record Login(String username, String password) {
  @Override
  public String toString() {
    return "Login[" + username + "]";
  }
}
