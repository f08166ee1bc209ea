package io.holdfast.api.drill;

import io.holdfast.api.metrics.Families;
import io.holdfast.api.metrics.Family;
import io.holdfast.api.metrics.MetricSource;
import io.holdfast.api.metrics.Series;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the last drill that passed measured. When it ended is among the metrics of jobs. */
@ApplicationScoped
class DrillMetrics implements MetricSource {
  private static final String LAST =
      "select c.name, j.result ->> 'recovery', j.spec #>> '{drill,recoveryTimeObjective}', j.result"
          + " ->> 'loss' from cluster c left join lateral (select result, spec from job where"
          + " cluster = c.name and kind = 'DRILL' and state = 'SUCCEEDED' and finished_at is not"
          + " null order by finished_at desc limit 1) j on true";

  @Inject EntityManager entities;
  @Inject Families families;

  private Family recovery;
  private Family objective;
  private Family loss;

  @PostConstruct
  void start() {
    recovery =
        families.gauge(
            "holdfast_drill_recovery_seconds",
            "From the begin of the restore to a server that answered; 0: no drill has passed",
            "cluster");
    objective =
        families.gauge(
            "holdfast_drill_recovery_objective_seconds",
            "How long it was allowed to take; 0: no drill has passed",
            "cluster");
    loss =
        families.gauge(
            "holdfast_drill_loss_seconds",
            "How far before the target the last recovered commit lay",
            "cluster");
  }

  @Override
  public String subject() {
    return "drills";
  }

  @Override
  @Transactional
  @SuppressWarnings("unchecked")
  public void look() {
    List<Object[]> rows = entities.createNativeQuery(LAST).getResultList();
    List<Series> taken = new ArrayList<>();
    List<Series> allowed = new ArrayList<>();
    List<Series> lost = new ArrayList<>();
    for (Object[] row : rows) {
      String cluster = (String) row[0];
      taken.add(Series.lasting(duration(row[1]), cluster));
      allowed.add(Series.lasting(duration(row[2]), cluster));
      lost.add(Series.lasting(duration(row[3]), cluster));
    }
    recovery.show(taken);
    objective.show(allowed);
    loss.show(lost);
  }

  private static Duration duration(Object text) {
    return text == null ? null : Duration.parse((String) text);
  }
}
