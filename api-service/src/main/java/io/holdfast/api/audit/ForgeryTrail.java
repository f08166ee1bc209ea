package io.holdfast.api.audit;

import io.holdfast.api.projection.CommandForged;
import io.holdfast.model.event.WorkerEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;

/**
 * Records a command that this service did not sign, in the transaction that takes the worker's
 * report. Nothing of the forged command is kept but where it was found: the rest is the forger's.
 */
@ApplicationScoped
public class ForgeryTrail {
  @Inject AuditWriter rows;
  @Inject Clock clock;

  void found(@Observes CommandForged forged) throws SQLException {
    WorkerEvent.CommandRefused refusal = forged.refusal();
    rows.write(
        List.of(
            AuditEntry.alarm(
                clock.instant(),
                "refuseCommand",
                "/pools/" + refusal.pool() + "/workers/" + refusal.worker(),
                refusal.eventId())));
  }
}
