package io.holdfast.api.access;

import io.quarkus.arc.Arc;
import io.quarkus.arc.InjectableContext.ContextState;
import io.quarkus.arc.ManagedContext;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Lets the service itself ask for something that callers ask for, too. Such a caller sees every
 * cluster and has no role: roles are checked where requests come in, and none does.
 */
@ApplicationScoped
public class OwnCaller {
  @Inject CurrentIdentityAssociation identity;

  /**
   * Does the work with {@link Caller} being the service under that name. A request that is being
   * answered on this thread keeps its own caller and sees nothing of this.
   */
  public <T> T as(String name, Supplier<T> work) {
    ManagedContext requests = Arc.container().requestContext();
    ContextState outer = requests.getStateIfActive();
    requests.activate();
    try {
      identity.setIdentity(new Grant(name, Set.of(), Optional.empty()).identity());
      return work.get();
    } finally {
      requests.terminate();
      if (outer != null) {
        requests.activate(outer);
      }
    }
  }
}
