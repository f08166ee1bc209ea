package io.holdfast.api.notification;

import io.holdfast.model.Problem;
import io.holdfast.model.wire.Wire;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** How a target was found when it was last sent to. There is one from the declaration on. */
@Entity
@DynamicUpdate
@Table(name = "notification_standing")
public class StandingEntity extends PanacheEntityBase {
  @Id public String target;

  @Column(name = "last_attempt_at")
  public Instant lastAttemptAt;

  @Column(name = "last_success_at")
  public Instant lastSuccessAt;

  public int failures;

  @Column(name = "failures_total")
  public long failuresTotal;

  @JdbcTypeCode(SqlTypes.JSON)
  public String problem;

  @Column(name = "next_ping_at")
  public Instant nextPingAt;

  public String withheld;

  void arrived(Instant at) {
    lastAttemptAt = at;
    lastSuccessAt = at;
    failures = 0;
    problem = null;
    withheld = null;
  }

  void failed(Instant at, Problem because) {
    lastAttemptAt = at;
    failures++;
    failuresTotal++;
    problem = Wire.text(because);
  }
}
