package io.holdfast.api.audit;

import io.holdfast.api.declared.DeclarationApplied;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;

/**
 * Writes a row for each declaration that a request with several of them changes, in its
 * transaction, so that the audit of one cluster tells the same whichever way it was declared.
 */
@ApplicationScoped
public class ApplyTrail {
  @Inject AuditWriter rows;
  @Inject CurrentVertxRequest current;
  @Inject Clock clock;

  void applied(@Observes DeclarationApplied change) throws SQLException {
    rows.write(
        List.of(
            AuditEntry.part(
                clock.instant(), current.getCurrent(), change.operation(), change.path())));
  }
}
