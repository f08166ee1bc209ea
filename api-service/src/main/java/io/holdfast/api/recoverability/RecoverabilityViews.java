package io.holdfast.api.recoverability;

import io.holdfast.api.ledger.RecoveryWindowsView;
import io.holdfast.api.recoverability.RecoverabilityView.ConcernView;
import io.holdfast.api.recoverability.RecoverabilityView.CopyLagView;
import io.holdfast.api.recoverability.RecoverabilityView.NewestBackupView;
import io.holdfast.api.recoverability.RecoverabilityView.ProofView;
import io.holdfast.api.recoverability.RecoverabilityView.RecoveryPointView;
import io.holdfast.api.recoverability.RecoverabilityView.RecoveryTimeView;
import io.holdfast.api.recoverability.RecoverabilityView.RetentionStateView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Shows a standing as JSON. */
final class RecoverabilityViews {
  private RecoverabilityViews() {}

  /**
   * @param windows null: not shown
   */
  static RecoverabilityView of(
      Standing standing, Instant now, List<RecoveryWindowsView.WindowView> windows) {
    return new RecoverabilityView(
        standing.cluster(),
        now,
        standing.state(now).name(),
        Sentence.of(standing, now),
        point(standing, now),
        standing.newest() == null
            ? null
            : new NewestBackupView(
                standing.newest().backupId(), standing.newest().type(), standing.newest().at()),
        proof(standing, now),
        standing.drill() == null
            ? null
            : new RecoveryTimeView(
                seconds(standing.drill().recovery()),
                seconds(standing.drill().objective()),
                standing.drill().at()),
        standing.copies().stream()
            .map(
                copy ->
                    new CopyLagView(
                        copy.repository(),
                        copy.waiting(),
                        copy.failed(),
                        since(copy.behindSince(), now),
                        since(copy.walBehindSince(), now)))
            .toList(),
        standing.retention() == null
            ? null
            : new RetentionStateView(standing.retention().due(), standing.retention().violated()),
        standing.concerns().stream()
            .map(concern -> new ConcernView(concern.code(), concern.sentence()))
            .toList(),
        windows);
  }

  private static RecoveryPointView point(Standing standing, Instant now) {
    boolean known = standing.restorableUntil() != null;
    return new RecoveryPointView(
        standing.objective(),
        standing.restorableFrom(),
        standing.restorableUntil(),
        known ? (standing.throughWal() ? "WAL" : "BACKUP") : null,
        seconds(standing.age(now)),
        known ? Math.round(standing.ratio(now) * 1e6) / 1e6 : null);
  }

  /** The newest, whatever its level. */
  private static ProofView proof(Standing standing, Instant now) {
    Instant verified = standing.proof() == null ? null : standing.proof().at();
    Instant drilled = standing.drill() == null ? null : standing.drill().at();
    if (drilled != null && (verified == null || !verified.isAfter(drilled))) {
      return new ProofView("DRILL", drilled, since(drilled, now));
    }
    return verified == null
        ? null
        : new ProofView(standing.proof().level(), verified, since(verified, now));
  }

  private static double since(Instant at, Instant now) {
    return at == null ? 0 : Math.max(0, Duration.between(at, now).toMillis() / 1000.0);
  }

  private static Double seconds(Duration length) {
    return length == null ? null : length.toMillis() / 1000.0;
  }
}
