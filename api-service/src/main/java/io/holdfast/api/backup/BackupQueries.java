package io.holdfast.api.backup;

import io.holdfast.api.access.Caller;
import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wire.Wire;
import io.quarkus.hibernate.orm.panache.PanacheQuery;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Shows backups. A backup outside the caller's scope does not exist. */
@ApplicationScoped
public class BackupQueries {
  private static final Set<String> METHODS = Set.of("LOGICAL", "PHYSICAL");
  private static final Set<String> STATES =
      Set.of(
          BackupEntity.AVAILABLE,
          BackupEntity.SUSPECT,
          BackupEntity.EXPIRING,
          BackupEntity.EXPIRED);

  @Inject EntityManager entities;
  @Inject Caller caller;

  /** What a restore or a verification needs to know of a backup; its manifest is not read. */
  public record Known(BackupId id, String cluster, String method, String repository) {}

  @Transactional
  public BackupView view(String id) {
    return BackupViews.full(visible(id));
  }

  @Transactional
  public Known known(String id) {
    Place place = found(id).project(Place.class).firstResult();
    if (place == null) {
      throw ApiProblem.notFound("backup", id);
    }
    return new Known(new BackupId(id), place.cluster(), place.method(), place.repository());
  }

  /** Looks at no scope. */
  @Transactional
  public Optional<Known> find(BackupId id) {
    return BackupEntity.find("id", UUID.fromString(id.value()))
        .project(Place.class)
        .firstResultOptional()
        .map(place -> new Known(id, place.cluster(), place.method(), place.repository()));
  }

  /** The newest backup in a repository that has the content of another one under other keys. */
  @Transactional
  public Optional<BackupId> reencrypted(BackupId original, String repository) {
    return entities
        .createNativeQuery(
            "select cast(id as text) from backup where repository = :repository and state ="
                + " 'AVAILABLE' and manifest ->> 'reencryptedFrom' = :original order by id desc"
                + " limit 1",
            String.class)
        .setParameter("repository", repository)
        .setParameter("original", original.value())
        .getResultStream()
        .map(id -> new BackupId((String) id))
        .findFirst();
  }

  /**
   * What the catalog has seen of a manifest, whatever the repository says now.
   *
   * @param sha256 null: nobody looked
   */
  public record Recorded(boolean encrypted, String sha256) {}

  @Transactional
  public Recorded recorded(BackupId id) {
    Object[] row =
        (Object[])
            entities
                .createNativeQuery(
                    "select coalesce(jsonb_typeof(cast(manifest as jsonb) -> 'encryption') ="
                        + " 'object', false), manifest_sha256 from backup where id = :id")
                .setParameter("id", UUID.fromString(id.value()))
                .getSingleResult();
    return new Recorded((Boolean) row[0], (String) row[1]);
  }

  /** Where a backup lies. */
  record Place(String cluster, String method, String repository) {}

  /** The databases of a logical backup, by name. */
  @Transactional
  public List<String> databases(BackupId id) {
    return BackupViews.full(visible(id.value())).databases().stream()
        .map(BackupView.DatabaseView::name)
        .toList();
  }

  /**
   * The newest backup of a cluster that is shown as good.
   *
   * @param method null: of any method
   */
  @Transactional
  public Known latest(String cluster, String method) {
    caller.requireCluster(cluster);
    Optional<BackupEntity> found =
        method == null
            ? BackupEntity.find(
                    "cluster = ?1 and state = 'AVAILABLE' order by finishedAt desc, id desc",
                    cluster)
                .firstResultOptional()
            : BackupEntity.find(
                    "cluster = ?1 and state = 'AVAILABLE' and method = ?2 order by finishedAt desc, id desc",
                    cluster,
                    method)
                .firstResultOptional();
    return known(
        found.orElseThrow(
            () ->
                new ApiProblem(
                    422,
                    "no-backup",
                    "Cluster '"
                        + cluster
                        + "' has no available "
                        + (method == null ? "" : method.toLowerCase(java.util.Locale.ROOT) + " ")
                        + "backup.",
                    "A suspect backup is restored by its id only.",
                    List.of(new ApiProblem.Violation("latestOf", "has no available backup")))));
  }

  /** As {@link #latest}, of those that do not lie in that repository in the first place. */
  @Transactional
  public Known latestOutside(String cluster, String repository) {
    caller.requireCluster(cluster);
    return BackupEntity.<BackupEntity>find(
            "cluster = ?1 and state = 'AVAILABLE' and repository <> ?2 order by finishedAt desc",
            cluster,
            repository)
        .firstResultOptional()
        .map(BackupQueries::known)
        .orElseThrow(
            () ->
                new ApiProblem(
                    422,
                    "no-backup",
                    "Cluster '"
                        + cluster
                        + "' has no available backup outside '"
                        + repository
                        + "'.",
                    "Back it up to another repository first."));
  }

  /** What a recovery kit needs of a backup. */
  public record Newest(BackupId id, String repository, Manifest manifest) {}

  /** The newest backup of a method that is shown as good. Looks at no scope. */
  @Transactional
  public Optional<Newest> newest(String cluster, String method) {
    return BackupEntity.<BackupEntity>find(
            "cluster = ?1 and state = 'AVAILABLE' and method = ?2 order by finishedAt desc, id desc",
            cluster,
            method)
        .firstResultOptional()
        .map(
            row ->
                new Newest(
                    new BackupId(row.id.toString()),
                    row.repository,
                    Wire.read(row.manifest, Manifest.class)));
  }

  /** Of a backup that another one builds on. Looks at no scope. */
  @Transactional
  public Manifest manifest(BackupId id) {
    BackupEntity row = BackupEntity.findById(UUID.fromString(id.value()));
    if (row == null) {
      throw ApiProblem.notFound("backup", id.value());
    }
    return Wire.read(row.manifest, Manifest.class);
  }

  /**
   * The base backups of a cluster in one repository, newest first; those of which the manifest says
   * where their WAL lies. Looks at no scope.
   */
  @Transactional
  @SuppressWarnings("unchecked")
  public List<PhysicalBackup> physical(String cluster, String repository) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select id, state, finished_at, manifest #>> '{source,systemIdentifier}',"
                    + " manifest #>> '{wal,timeline}', manifest #>> '{wal,startLsn}',"
                    + " manifest #>> '{wal,stopLsn}' from backup where cluster = :cluster and"
                    + " repository = :repository and method = 'PHYSICAL' and state in"
                    + " ('AVAILABLE', 'SUSPECT') and"
                    + " manifest #>> '{wal,stopLsn}' is not null order by finished_at desc, id desc")
            .setParameter("cluster", cluster)
            .setParameter("repository", repository)
            .getResultList();
    return rows.stream()
        .map(
            row ->
                new PhysicalBackup(
                    new BackupId(row[0].toString()),
                    BackupEntity.AVAILABLE.equals(row[1]),
                    (Instant) row[2],
                    (String) row[3],
                    Integer.parseInt((String) row[4]),
                    Lsn.parse((String) row[5]),
                    Lsn.parse((String) row[6])))
        .toList();
  }

  /** The base backups of a cluster that are good, with everything that they build on. */
  @Transactional
  @SuppressWarnings("unchecked")
  public Set<BackupId> restorable(String cluster) {
    List<String> ids =
        entities
            .createNativeQuery(
                "select cast(id as text) from backup where cluster = :cluster and type in"
                    + " ('PHYSICAL', 'INCREMENTAL') and state = 'AVAILABLE' and (parent is null or"
                    + " backup_restorable(parent))",
                String.class)
            .setParameter("cluster", cluster)
            .getResultList();
    return ids.stream().map(BackupId::new).collect(Collectors.toSet());
  }

  /**
   * Newest first. Filters that are null do not filter, but what is gone is shown when asked for.
   */
  @Transactional
  public BackupList list(
      String cluster, String method, String state, Integer limit, String cursor) {
    int size = Cursor.limit(limit);
    StringBuilder where = new StringBuilder("1 = 1");
    Map<String, Object> parameters = new HashMap<>();
    filter(where, parameters, "cluster", cluster);
    filter(where, parameters, "method", oneOf("method", method, METHODS));
    filter(where, parameters, "state", oneOf("state", state, STATES));
    if (state == null) {
      where.append(" and state <> 'EXPIRED'");
    }
    if (cursor != null) {
      where.append(" and id < :cursor");
      parameters.put("cursor", uuid(cursor).orElseThrow(BackupQueries::badCursor));
    }
    caller
        .clusterScope()
        .ifPresent(
            scope -> {
              where.append(" and cluster in (:scope)");
              parameters.put("scope", scope);
            });
    List<BackupEntity> rows =
        BackupEntity.<BackupEntity>find(where + " order by id desc", parameters)
            .range(0, size)
            .list();
    boolean more = rows.size() > size;
    List<BackupEntity> page = more ? rows.subList(0, size) : rows;
    return new BackupList(
        page.stream().map(BackupViews::brief).toList(), more ? page.getLast().id.toString() : null);
  }

  /**
   * @param database null: of every database
   */
  @Transactional
  @SuppressWarnings("unchecked")
  public ContentList contents(String id, String database, Integer limit, String cursor) {
    BackupEntity backup = visible(id);
    int size = Cursor.limit(limit);
    Position after = cursor == null ? new Position("", -1, -1) : Position.parse(cursor);
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select database, page, item, type, schema_name, name, owner from backup_content"
                    + " where backup_id = :id and (cast(:wanted as text) is null or database ="
                    + " :wanted) and (database, page, item) > (:database, :page, :item) order by"
                    + " database, page, item limit :limit")
            .setParameter("id", backup.id)
            .setParameter("wanted", database)
            .setParameter("database", after.database())
            .setParameter("page", after.page())
            .setParameter("item", after.item())
            .setParameter("limit", size + 1)
            .getResultList();
    boolean more = rows.size() > size;
    List<Object[]> page = more ? rows.subList(0, size) : rows;
    return new ContentList(
        page.stream()
            .map(
                row ->
                    new ContentList.ContentView(
                        (String) row[0],
                        (String) row[3],
                        (String) row[4],
                        (String) row[5],
                        (String) row[6]))
            .toList(),
        more ? Position.of(page.getLast()).text() : null);
  }

  /** Where a page of contents ended. */
  private record Position(String database, int page, int item) {
    static Position of(Object[] row) {
      return new Position(
          (String) row[0], ((Number) row[1]).intValue(), ((Number) row[2]).intValue());
    }

    String text() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((page + ":" + item + ":" + database).getBytes(StandardCharsets.UTF_8));
    }

    static Position parse(String cursor) {
      try {
        String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        String[] parts = text.split(":", 3);
        return new Position(parts[2], Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException notOurs) {
        throw badCursor();
      }
    }
  }

  private static Known known(BackupEntity row) {
    return new Known(new BackupId(row.id.toString()), row.cluster, row.method, row.repository);
  }

  private BackupEntity visible(String id) {
    return found(id).firstResultOptional().orElseThrow(() -> ApiProblem.notFound("backup", id));
  }

  /** Of those that the caller may see. */
  private PanacheQuery<BackupEntity> found(String id) {
    UUID key = uuid(id).orElseThrow(() -> ApiProblem.notFound("backup", id));
    return caller
        .clusterScope()
        .map(scope -> BackupEntity.<BackupEntity>find("id = ?1 and cluster in (?2)", key, scope))
        .orElseGet(() -> BackupEntity.find("id", key));
  }

  private static void filter(
      StringBuilder where, Map<String, Object> parameters, String column, String value) {
    if (value != null) {
      where.append(" and ").append(column).append(" = :").append(column);
      parameters.put(column, value);
    }
  }

  private static String oneOf(String field, String value, Set<String> known) {
    if (value != null && !known.contains(value)) {
      throw ApiProblem.invalid(field, "is unknown", "Known: " + known + ".");
    }
    return value;
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(new BackupId(text).value()));
    } catch (IllegalArgumentException notAnId) {
      return Optional.empty();
    }
  }

  private static ApiProblem badCursor() {
    return ApiProblem.invalid(
        "cursor", "is not one that this list gave out", "Use nextCursor as it is.");
  }
}
