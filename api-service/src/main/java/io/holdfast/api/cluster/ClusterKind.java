package io.holdfast.api.cluster;

import io.holdfast.api.declared.DeclaredKind;
import io.holdfast.api.declared.DeclaredName;
import io.holdfast.api.declared.PlanView;
import io.holdfast.api.declared.Precondition;
import io.holdfast.api.page.Cursor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/** Clusters, with their policies, in files. */
@ApplicationScoped
public class ClusterKind implements DeclaredKind<ClusterRequest> {
  @Inject ClusterService clusters;

  @Override
  public String kind() {
    return "Cluster";
  }

  @Override
  public int order() {
    return 20;
  }

  @Override
  public Class<ClusterRequest> form() {
    return ClusterRequest.class;
  }

  @Override
  public String path(DeclaredName name) {
    return "/api/v1/clusters/" + name.name();
  }

  @Override
  public boolean exists(DeclaredName name) {
    return ClusterEntity.findById(name.name()) != null;
  }

  @Override
  public PlanView plan(DeclaredName name, ClusterRequest form) {
    return clusters.put(name.name(), form, whatever(name), true).view().plan();
  }

  @Override
  public long put(DeclaredName name, ClusterRequest form) {
    return clusters.put(name.name(), form, whatever(name), false).version();
  }

  @Override
  public void delete(DeclaredName name) {
    clusters.delete(name.name(), whatever(name));
  }

  @Override
  public List<Named<ClusterRequest>> declarations() {
    List<Named<ClusterRequest>> all = new ArrayList<>();
    String cursor = null;
    do {
      ClusterView.Page page = clusters.list(Cursor.MAX_LIMIT, cursor);
      page.items()
          .forEach(
              view ->
                  all.add(
                      new Named<>(DeclaredName.of(view.name()), ClusterViews.declaration(view))));
      cursor = page.nextCursor();
    } while (cursor != null);
    return all;
  }

  private Precondition whatever(DeclaredName name) {
    return new Precondition(exists(name) ? "*" : null, null);
  }
}
