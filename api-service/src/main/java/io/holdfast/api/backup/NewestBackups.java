package io.holdfast.api.backup;

import io.holdfast.api.sql.AnyOf;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Finds the newest backups that can be restored, of every cluster at once. Which databases a dump
 * has is read from its manifest once.
 */
@ApplicationScoped
class NewestBackups {
  /** Of every database, and of any type: there is one for each cluster. */
  static final String ANY = "ANY";

  static final String ALL_DATABASES = "*";

  private static final String BASES =
      "select c.name, t.type, b.started_at, b.finished_at, b.stored_bytes, b.id from cluster c"
          + " cross join unnest(array['PHYSICAL', 'INCREMENTAL']) t(type) cross join lateral"
          + " (select * from backup where cluster = c.name and type = t.type and state ="
          + " 'AVAILABLE' and (parent is null or backup_restorable(parent)) order by finished_at"
          + " desc limit 1) b";

  /** The newest of each selection: the next selection is looked up behind the one before. */
  private static final String DUMPS =
      "with recursive dump as ((select c.name, b.selection_hash, b.started_at, b.finished_at,"
          + " b.stored_bytes, b.id from cluster c cross join lateral (select * from backup where"
          + " cluster = c.name and type = 'LOGICAL' and state = 'AVAILABLE' order by"
          + " selection_hash, finished_at desc limit 1) b) union all select d.name,"
          + " b.selection_hash, b.started_at, b.finished_at, b.stored_bytes, b.id from dump d cross"
          + " join lateral (select * from backup where cluster = d.name and type = 'LOGICAL' and"
          + " state = 'AVAILABLE' and selection_hash > d.selection_hash order by selection_hash,"
          + " finished_at desc limit 1) b) select name, 'LOGICAL', started_at, finished_at,"
          + " stored_bytes, id from dump";

  /** Few enough to be labels. In the catalog: whole manifests of a fleet would not fit in here. */
  private static final String DATABASES =
      "select b.id, d.name, coalesce(sum(cast(a #>> '{stored,bytes}' as bigint)), 0) from backup b"
          + " cross join lateral (select x ->> 'name' as name from jsonb_array_elements(b.manifest"
          + " -> 'databases') x order by (x ->> 'name') collate \"C\" limit 200) d left join lateral"
          + " jsonb_array_elements(b.manifest -> 'artifacts') a on a ->> 'database' = d.name where"
          + " b.id = "
          + AnyOf.uuids("ids")
          + " group by b.id, d.name";

  @Inject EntityManager entities;

  /** Stored bytes by database, of the dumps that were the newest at the last look. */
  private Map<UUID, Map<String, Long>> databases = Map.of();

  /**
   * @param finishedAt null: there is none
   */
  record Newest(
      String cluster,
      String database,
      String type,
      Instant startedAt,
      Instant finishedAt,
      long storedBytes) {}

  private record Found(Newest newest, UUID id) {}

  @Transactional(Transactional.TxType.MANDATORY)
  List<Newest> look() {
    Map<List<String>, Newest> newest = new LinkedHashMap<>();
    for (String cluster : clusters()) {
      keep(newest, new Newest(cluster, ALL_DATABASES, ANY, null, null, 0));
    }
    for (Found base : found(BASES)) {
      keep(newest, base.newest());
      keepForAny(newest, base.newest());
    }
    List<Found> dumps = found(DUMPS);
    readDatabases(dumps.stream().map(Found::id).collect(Collectors.toSet()));
    for (Found dump : dumps) {
      Newest one = dump.newest();
      keepForAny(newest, one);
      databases
          .getOrDefault(dump.id(), Map.of())
          .forEach(
              (database, bytes) ->
                  keep(
                      newest,
                      new Newest(
                          one.cluster(),
                          database,
                          one.type(),
                          one.startedAt(),
                          one.finishedAt(),
                          bytes)));
    }
    return List.copyOf(newest.values());
  }

  private static void keepForAny(Map<List<String>, Newest> newest, Newest one) {
    keep(
        newest,
        new Newest(
            one.cluster(),
            ALL_DATABASES,
            ANY,
            one.startedAt(),
            one.finishedAt(),
            one.storedBytes()));
  }

  private static void keep(Map<List<String>, Newest> newest, Newest one) {
    newest.merge(
        List.of(one.cluster(), one.database(), one.type()),
        one,
        (before, now) ->
            before.finishedAt() == null || now.finishedAt().isAfter(before.finishedAt())
                ? now
                : before);
  }

  @SuppressWarnings("unchecked")
  private List<Found> found(String sql) {
    List<Object[]> rows = entities.createNativeQuery(sql).getResultList();
    return rows.stream()
        .map(
            row ->
                new Found(
                    new Newest(
                        (String) row[0],
                        ALL_DATABASES,
                        (String) row[1],
                        (Instant) row[2],
                        (Instant) row[3],
                        ((Number) row[4]).longValue()),
                    (UUID) row[5]))
        .toList();
  }

  @SuppressWarnings("unchecked")
  private void readDatabases(Set<UUID> dumps) {
    Map<UUID, Map<String, Long>> known = new HashMap<>(databases);
    known.keySet().retainAll(dumps);
    List<String> unknown =
        dumps.stream().filter(id -> !known.containsKey(id)).map(UUID::toString).toList();
    unknown.forEach(id -> known.put(UUID.fromString(id), new TreeMap<>()));
    List<Object[]> rows =
        entities
            .createNativeQuery(DATABASES)
            .setParameter("ids", Wire.text(unknown))
            .getResultList();
    for (Object[] row : rows) {
      known.get((UUID) row[0]).put((String) row[1], ((Number) row[2]).longValue());
    }
    databases = known;
  }

  @SuppressWarnings("unchecked")
  private List<String> clusters() {
    return entities.createNativeQuery("select name from cluster", String.class).getResultList();
  }
}
