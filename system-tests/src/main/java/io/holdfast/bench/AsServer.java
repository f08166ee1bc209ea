package io.holdfast.bench;

import io.holdfast.embedded.process.Account;

/** Peers that read the data directory run as the account that owns it. */
final class AsServer {
  private AsServer() {}

  /** What to put in front of a command; empty when we are that account. */
  static String prefix() {
    String account = Account.forPostgres().name();
    return account.isEmpty()
        ? ""
        : "setpriv --reuid=" + account + " --regid=" + account + " --init-groups ";
  }
}
