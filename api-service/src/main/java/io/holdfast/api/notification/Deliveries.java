package io.holdfast.api.notification;

import io.holdfast.model.JobId;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.UUID;

/** Where notices are put on their way: a row leaves exactly when its transaction commits. */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class Deliveries {
  /** Rung after commit, so that a notice does not wait for the next tick. */
  record NoticesWaiting() {}

  @Inject Clock clock;
  @Inject Event<NoticesWaiting> waiting;

  /** To every target whose routes take it. */
  void tell(Notice notice) {
    for (NotificationTargetEntity target :
        NotificationTargetEntity.<NotificationTargetEntity>list("order by name")) {
      if (target.declared().takes(notice)) {
        add(target.name, notice, null);
      }
    }
  }

  /**
   * @param redeliveryOf null: its first
   */
  DeliveryEntity add(String target, Notice notice, UUID redeliveryOf) {
    DeliveryEntity row = new DeliveryEntity();
    row.id = UUID.fromString(JobId.next(clock).value());
    row.target = target;
    row.noticeId = UUID.fromString(notice.id());
    row.kind = notice.kind();
    row.severity = notice.severity().name();
    row.cluster = notice.cluster();
    row.notice = Wire.text(notice);
    row.state = DeliveryEntity.PENDING;
    row.createdAt = clock.instant();
    row.nextAt = row.createdAt;
    row.redeliveryOf = redeliveryOf;
    row.persist();
    waiting.fire(new NoticesWaiting());
    return row;
  }
}
