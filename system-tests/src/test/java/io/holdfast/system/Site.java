package io.holdfast.system;

import io.holdfast.embedded.Stack;
import io.holdfast.embedded.postgres.Login;
import java.util.List;

/**
 * A running Holdfast and a server to back up, wherever they run.
 *
 * @param closing what stops them, in this order
 */
record Site(Stack stack, String host, int port, Login superuser, List<AutoCloseable> closing)
    implements AutoCloseable {
  Databases databases() {
    return new Databases(host, port, superuser.username(), superuser.password());
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable part : closing) {
      part.close();
    }
  }
}
