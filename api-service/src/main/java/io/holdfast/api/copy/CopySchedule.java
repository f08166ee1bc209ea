package io.holdfast.api.copy;

import io.holdfast.api.cluster.ClusterService;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.jboss.logging.Logger;

/** Looks what has to be copied; however many replicas there are. */
@ApplicationScoped
class CopySchedule {
  private static final Logger LOG = Logger.getLogger(CopySchedule.class);

  @Inject ClusterService clusters;
  @Inject DueCopies due;

  @Scheduled(
      every = "${holdfast.copies.interval:10s}",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void tick() {
    List<String> names =
        QuarkusTransaction.requiringNew()
            .call(() -> clusters.copied().stream().map(copied -> copied.spec().name()).toList());
    for (String name : names) {
      try {
        due.ask(name);
      } catch (RuntimeException e) {
        LOG.warnf(e, "copies of cluster '%s' wait: the next tick tries again", name);
      }
    }
  }
}
