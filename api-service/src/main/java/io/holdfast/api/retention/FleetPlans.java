package io.holdfast.api.retention;

import io.holdfast.api.access.Caller;
import io.holdfast.api.cluster.ClusterKeeping;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.page.Cursor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The plans of all clusters that a caller may see, in pages. */
@ApplicationScoped
class FleetPlans {
  /** Clusters of which facts are in memory at once. */
  private static final int AT_ONCE = 200;

  /** Clusters that are looked at for one page, be there something to remove or not. */
  private static final int LOOKED_AT = 1_000;

  /** With so many backups a page is full. */
  private static final int MOST_BACKUPS = 20_000;

  @Inject ClusterService clusters;
  @Inject RetentionService retention;
  @Inject Caller caller;

  /**
   * By name, as things are now.
   *
   * @param expiring only those of which something would go; the page may then have any number of
   *     items, and none, and still not be the last
   */
  @Transactional
  public RetentionPlanView.Page page(Integer limit, String cursor, boolean expiring) {
    int size = Cursor.limit(limit);
    String after = Cursor.decode(cursor);
    int most = expiring ? LOOKED_AT : size;
    List<ClusterKeeping> rows =
        clusters.keepings(after == null ? "" : after, caller.clusterScope(), most + 1);
    List<ClusterKeeping> looked = rows.subList(0, Math.min(most, rows.size()));
    List<ClusterPlans> planned = List.of();
    List<RetentionPlanView> items = new ArrayList<>();
    int backups = 0;
    int done = 0;
    while (done < looked.size() && items.size() < size && backups < MOST_BACKUPS) {
      if (done % AT_ONCE == 0) {
        planned = retention.plans(looked.subList(done, Math.min(done + AT_ONCE, looked.size())));
      }
      ClusterPlans one = planned.get(done % AT_ONCE);
      done++;
      if (!expiring || one.removes()) {
        RetentionPlanView view = one.view(Map.of());
        items.add(view);
        backups += view.backups().size();
      }
    }
    return new RetentionPlanView.Page(
        items, done < rows.size() ? Cursor.encode(rows.get(done - 1).cluster()) : null);
  }
}
