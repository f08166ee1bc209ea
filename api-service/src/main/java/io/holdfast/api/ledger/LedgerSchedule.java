package io.holdfast.api.ledger;

import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Notices archives that nobody reports on. */
@ApplicationScoped
class LedgerSchedule {
  @Inject ArchiveLedger ledger;

  @Scheduled(
      every = "10s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void judgeSilent() {
    ledger.silent().forEach(ledger::judgeSilent);
  }
}
