package io.holdfast.api.audit;

import io.holdfast.api.access.BearerKeyMechanism;
import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionScoped;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/**
 * Writes the row of a change into the transaction of the change, just before it commits: there is
 * no change without its row, and when the row cannot be written the change does not happen.
 */
@ApplicationScoped
public class ChangeTrail {
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
  private static final String WRITTEN = "holdfast.change-written";

  @Inject AuditWriter rows;
  @Inject CurrentVertxRequest current;
  @Inject TransactionManager transactions;
  @Inject Clock clock;

  void beforeCommit(@Observes @BeforeDestroyed(TransactionScoped.class) Object ending)
      throws SystemException, SQLException {
    RoutingContext request = changing();
    if (request != null && transactions.getStatus() == Status.STATUS_ACTIVE) {
      rows.write(List.of(AuditEntry.of("CHANGE", clock.instant(), request, null)));
      request.put(WRITTEN, true);
    }
  }

  /** The request whose change this may be; null for a read, a dry run or the service's own work. */
  private RoutingContext changing() {
    if (!Arc.container().requestContext().isActive()) {
      return null;
    }
    RoutingContext request = current.getCurrent();
    return request == null
            || request.get(BearerKeyMechanism.KEY_ID) == null
            || request.get(AuditEntry.OPERATION) == null
            || request.get(WRITTEN) != null
            || READS.contains(request.request().method().name())
            || "true".equals(request.request().getParam("dryRun"))
        ? null
        : request;
  }
}
