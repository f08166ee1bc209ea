package io.holdfast.api.audit;

import io.holdfast.api.schedule.RunMissed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.List;

/** Records a scheduled run that did not happen, in the transaction that finds it. */
@ApplicationScoped
public class MissedRunTrail {
  @Inject AuditWriter rows;

  void found(@Observes RunMissed missed) throws SQLException {
    rows.write(List.of(AuditEntry.alarm(missed.at(), "missRun", missed.path(), missed.runId())));
  }
}
