package io.holdfast.worker.secret;

/**
 * A database login.
 *
 * @param password null when the server asks for none
 */
public record Login(String username, String password) {
  @Override
  public String toString() {
    return "Login[" + username + "]";
  }
}
