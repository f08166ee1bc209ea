package io.holdfast.api.schedule;

import io.holdfast.api.access.OwnCaller;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.backup.BackupService;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.copy.CopyService;
import io.holdfast.api.drill.DrillRequest;
import io.holdfast.api.drill.DrillService;
import io.holdfast.api.job.Accepted;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.retention.ExpirationRequest;
import io.holdfast.api.retention.ExpirationService;
import io.holdfast.api.scan.ScanService;
import io.holdfast.api.verification.VerificationService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes the requests of schedules: the very ones that a person could make over REST. */
@ApplicationScoped
public class ScheduledRequests {
  private static final DrillRequest ANY_DRILL =
      new DrillRequest(null, null, null, null, null, null, null, null, null);
  private static final ExpirationRequest ANY_EXPIRATION =
      new ExpirationRequest(null, null, null, null, null, null);

  @Inject ClusterService clusters;
  @Inject BackupService backups;
  @Inject BackupQueries known;
  @Inject VerificationService verifications;
  @Inject DrillService drills;
  @Inject ExpirationService expirations;
  @Inject CopyService copies;
  @Inject ScanService scans;
  @Inject OwnCaller own;

  /**
   * Finds out what is wrong with a request whatever there will be when it is made.
   *
   * @throws ApiProblem 422
   */
  void check(ScheduleOwner owner, ScheduleKind kind, ScheduleRequest request) {
    try {
      switch (kind) {
        case BACKUP -> backups.check(owner.cluster(), request.backup());
        case VERIFICATION -> verifications.check(request.verification());
        case DRILL -> drills.check(drill(request));
        case EXPIRATION -> expirations.check(expiration(request));
        case COPY -> copies.check(request.copy());
        case SCAN -> {
          // It says nothing but where.
        }
      }
    } catch (ApiProblem wrong) {
      throw within(kind.name().toLowerCase(java.util.Locale.ROOT), wrong);
    }
  }

  /** Reads at once what the requests of these are about to look up one after the other. */
  void readAhead(List<Routine> starting) {
    if (starting.size() < 2) {
      return;
    }
    Set<String> names = new HashSet<>();
    List<BackupService.Foreseen> foreseen = new ArrayList<>();
    for (Routine one : starting) {
      ScheduleOwner owner = one.row().owner();
      if (owner.isCluster()) {
        names.add(owner.cluster());
      }
      if (one.row().kind == ScheduleKind.BACKUP) {
        foreseen.add(new BackupService.Foreseen(owner.cluster(), one.declared().backup()));
      }
    }
    clusters.readAhead(names);
    backups.readAhead(foreseen);
  }

  /**
   * Asks in the current transaction, under the schedule's name.
   *
   * @return the id of the job
   * @throws ApiProblem when it is refused as things are; the transaction is lost then
   */
  String ask(ScheduleOwner owner, String trigger, ScheduleKind kind, ScheduleRequest request) {
    Accepted accepted = own.as(trigger, () -> ask(owner, kind, request));
    return accepted.job().id();
  }

  private Accepted ask(ScheduleOwner owner, ScheduleKind kind, ScheduleRequest request) {
    String cluster = owner.cluster();
    return switch (kind) {
      case BACKUP -> backups.request(cluster, request.backup(), null);
      case VERIFICATION ->
          verifications.request(
              known.latest(cluster, null).id().value(), request.verification(), null);
      case DRILL -> drills.request(cluster, drill(request), null);
      case EXPIRATION -> expirations.request(cluster, expiration(request), null);
      case COPY ->
          copies.request(
              known.latestOutside(cluster, request.copy().repository()).id().value(),
              request.copy(),
              null);
      case SCAN -> scans.request(owner.repository(), null);
    };
  }

  private static DrillRequest drill(ScheduleRequest request) {
    return request.drill() == null ? ANY_DRILL : request.drill();
  }

  private static ExpirationRequest expiration(ScheduleRequest request) {
    return request.expiration() == null ? ANY_EXPIRATION : request.expiration();
  }

  private static ApiProblem within(String member, ApiProblem wrong) {
    if (wrong.status() != 422) {
      return wrong;
    }
    List<ApiProblem.Violation> violations =
        wrong.violations().stream()
            .map(one -> new ApiProblem.Violation(member + "." + one.field(), one.message()))
            .toList();
    return new ApiProblem(
        422, wrong.code(), member + "." + wrong.getMessage(), wrong.hint(), violations);
  }
}
