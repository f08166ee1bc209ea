package io.holdfast.system;

import java.net.URI;

/** The stack that most tests use, for those of other packages. */
public final class SharedStack {
  private SharedStack() {}

  public static URI apiManagement() {
    return Fleet.shared().stack().apiManagementUrl(0);
  }

  public static URI workerManagement() {
    return Fleet.shared().stack().workerManagementUrl(0);
  }
}
