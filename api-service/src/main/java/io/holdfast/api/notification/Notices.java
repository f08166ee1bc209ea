package io.holdfast.api.notification;

import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.job.JobEntity;
import io.holdfast.api.job.JobFailed;
import io.holdfast.api.ledger.ClusterEventNoted;
import io.holdfast.api.projection.CommandForged;
import io.holdfast.api.schedule.RunMissed;
import io.holdfast.model.JobId;
import io.holdfast.model.job.JobKind;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Makes a notice of what others say has happened, in their transaction. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class Notices {
  @Inject Deliveries deliveries;
  @Inject ClusterService clusters;
  @Inject NotificationConfig config;
  @Inject Clock clock;

  void failed(@Observes JobFailed failed) {
    JobEntity job = JobEntity.findById(UUID.fromString(failed.jobId().value()));
    Map<String, String> labels = labels(job.cluster);
    Wire.read(job.labels, Map.class)
        .forEach((name, value) -> labels.put(String.valueOf(name), String.valueOf(value)));
    String about = job.cluster == null ? "" : " of cluster '" + job.cluster + "'";
    deliveries.tell(
        new Notice(
            JobId.next(clock).value(),
            "JOB_FAILED",
            severity(job.kind),
            failed.at(),
            job.cluster,
            job.kind + about + " failed",
            failed.problem().detail(),
            failed.problem().code(),
            failed.problem().hint(),
            labels,
            Map.of(
                "jobId", failed.jobId().value(),
                "jobKind", job.kind.name(),
                "attempt", Integer.toString(job.attempt),
                "trigger", job.triggeredBy),
            links(job.cluster, Map.of("job", "/api/v1/jobs/" + failed.jobId()))));
  }

  void noted(@Observes ClusterEventNoted noted) {
    String words = noted.type().replace('_', ' ').toLowerCase(Locale.ROOT);
    deliveries.tell(
        new Notice(
            JobId.next(clock).value(),
            noted.type(),
            severity(noted.type(), noted.code()),
            noted.at(),
            noted.cluster(),
            "Cluster '" + noted.cluster() + "': " + words,
            noted.message(),
            noted.code(),
            null,
            labels(noted.cluster()),
            noted.details(),
            links(
                noted.cluster(),
                Map.of("events", "/api/v1/clusters/" + noted.cluster() + "/events"))));
  }

  /** That of a cluster is an event of the cluster, too, which has more to say. */
  void missed(@Observes RunMissed missed) {
    if (missed.path().startsWith("/clusters/")) {
      return;
    }
    deliveries.tell(
        new Notice(
            JobId.next(clock).value(),
            "RUN_MISSED",
            Severity.CRITICAL,
            missed.at(),
            null,
            "A scheduled run was missed",
            "The run " + missed.runId() + " of " + missed.path() + " did not happen.",
            null,
            "Its schedule's runs say why.",
            Map.of(),
            Map.of("schedule", missed.path()),
            Map.of()));
  }

  void forged(@Observes CommandForged forged) {
    deliveries.tell(
        new Notice(
            JobId.next(clock).value(),
            "COMMAND_FORGED",
            Severity.CRITICAL,
            clock.instant(),
            null,
            "A worker refused a command that this service did not sign",
            "Worker '" + forged.refusal().worker() + "' found it in its pool's topic.",
            null,
            "Find out who may write to the topics of commands.",
            Map.of(),
            Map.of("worker", forged.refusal().worker()),
            Map.of()));
  }

  /** What was asked for is not there, or nobody has proven that it is; the rest is a question. */
  private static Severity severity(JobKind kind) {
    return switch (kind) {
      case BACKUP, RESTORE, VERIFY, DRILL, COPY, COPY_WAL -> Severity.CRITICAL;
      case CHECK,
          PROBE,
          RESTORE_POINT,
          SCAN,
          EXPIRE,
          ROTATE_KEYS,
          LEGAL_HOLD,
          REENCRYPT,
          REENCRYPT_WAL ->
          Severity.WARNING;
    };
  }

  /** Types are open strings: one that is new is worth a look. */
  private static Severity severity(String type, String code) {
    return switch (type) {
      case "GAP_FOUND", "OBJECTIVE_BREACHED", "SLOT_NEARLY_FULL", "SLOT_LOST", "RUN_MISSED" ->
          Severity.CRITICAL;
      case "WAL_REFUSED" -> "SPLIT_BRAIN".equals(code) ? Severity.CRITICAL : Severity.WARNING;
      case "GAP_CLOSED",
          "GAP_SUPERSEDED",
          "GAP_EXPIRED",
          "ARCHIVE_RESUMED",
          "OBJECTIVE_MET",
          "SLOT_RELIEVED",
          "ARCHIVE_OBSERVED" ->
          Severity.INFO;
      default -> Severity.WARNING;
    };
  }

  /** May be added to. */
  private Map<String, String> labels(String cluster) {
    return new TreeMap<>(cluster == null ? Map.of() : clusters.labels(cluster));
  }

  private Map<String, String> links(String cluster, Map<String, String> paths) {
    Map<String, String> links = new HashMap<>(paths);
    if (cluster != null) {
      links.put("cluster", "/api/v1/clusters/" + cluster);
    }
    links.replaceAll((name, path) -> config.publicUrl().orElse("") + path);
    return links;
  }
}
