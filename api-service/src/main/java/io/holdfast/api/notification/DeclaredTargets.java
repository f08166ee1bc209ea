package io.holdfast.api.notification;

import io.holdfast.api.access.Caller;
import io.holdfast.api.declared.DeclaredKind;
import io.holdfast.api.declared.DeclaredName;
import io.holdfast.api.declared.PlanView;
import io.holdfast.api.declared.Precondition;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Targets with their routes, heartbeats among them, in files, which name secrets and hold none. */
@ApplicationScoped
public class DeclaredTargets implements DeclaredKind<NotificationTargetRequest> {
  @Inject NotificationTargets targets;
  @Inject Caller caller;

  @Override
  public String kind() {
    return "NotificationTarget";
  }

  /** Last: nothing refers to a target, and its routes speak of clusters. */
  @Override
  public int order() {
    return 40;
  }

  @Override
  public Class<NotificationTargetRequest> form() {
    return NotificationTargetRequest.class;
  }

  @Override
  public String path(DeclaredName name) {
    return "/api/v1/notification-targets/" + name.name();
  }

  @Override
  public boolean exists(DeclaredName name) {
    return NotificationTargetEntity.findById(name.name()) != null;
  }

  @Override
  public PlanView plan(DeclaredName name, NotificationTargetRequest form) {
    return targets.put(name.name(), form, whatever(name), true).view().plan();
  }

  @Override
  public long put(DeclaredName name, NotificationTargetRequest form) {
    return targets.put(name.name(), form, whatever(name), false).version();
  }

  @Override
  public void delete(DeclaredName name) {
    targets.delete(name.name(), whatever(name));
  }

  /** They are the fleet's: whoever sees some clusters only sees none. */
  @Override
  public List<Named<NotificationTargetRequest>> declarations() {
    if (caller.clusterScope().isPresent()) {
      return List.of();
    }
    return NotificationTargetEntity.<NotificationTargetEntity>list("order by name").stream()
        .map(row -> new Named<>(DeclaredName.of(row.name), row.declared()))
        .toList();
  }

  private Precondition whatever(DeclaredName name) {
    return new Precondition(exists(name) ? "*" : null, null);
  }
}
