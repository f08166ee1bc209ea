package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterPlace;
import io.holdfast.api.retention.RetentionFacts.Former;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Systems of which there were base backups once, or of which a scan saw WAL in a place, and whose
 * WAL was not removed there since.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class FormerSystems {
  private static final String FORMER =
      "with place as (select p.nr, p.cluster, p.repository, o.system from "
          + Places.ROWS
          + " join unnest(cast(:systems as text[])) with ordinality as o(system, nr) on o.nr = p.nr),"
          + " taken as (select cluster, system_identifier as system, max(finished_at) as last from"
          + " backup where cluster = any(:clusters) and method = 'PHYSICAL' and wal_stop is not null"
          + " group by 1, 2), scan as (select distinct on (repository) repository, archives from"
          + " repository_scan where repository = any(:repositories) and state = 'SUCCEEDED' order by"
          + " repository, job_id desc), found as materialized (select s.repository, a ->> 'cluster'"
          + " as cluster, a ->> 'systemIdentifier' as system from scan s,"
          + " jsonb_array_elements(s.archives) a), known as (select p.nr, t.system from place p join"
          + " taken t on t.cluster = p.cluster union select p.nr, f.system from place p join found f"
          + " on f.repository = p.repository and f.cluster = p.cluster) select p.nr, k.system,"
          + " (select min(b.finished_at) from backup b where b.cluster = p.cluster and"
          + " b.system_identifier = p.system and b.wal_stop is not null and (t.last is null or"
          + " b.finished_at > t.last)) from known k join place p on p.nr = k.nr left join taken t on"
          + " t.cluster = p.cluster and t.system = k.system where k.system <> p.system and not"
          + " exists (select 1 from wal_expired w where w.cluster = p.cluster and w.repository ="
          + " p.repository and w.system_identifier = k.system and w.timeline = 0 and (t.last is null"
          + " or w.at > t.last)) order by 1, 2";

  @Inject EntityManager entities;

  /**
   * None of a place in which there is none.
   *
   * @param systems which system each place is of now
   */
  Map<ClusterPlace, List<Former>> in(Map<ClusterPlace, String> systems) {
    if (systems.isEmpty()) {
      return Map.of();
    }
    Places places = new Places(systems.keySet());
    String[] now = places.all().stream().map(systems::get).toArray(String[]::new);
    return places.ask(entities, FORMER, Map.of("systems", now)).stream()
        .collect(
            Collectors.groupingBy(
                places::of,
                Collectors.mapping(
                    row -> new Former((String) row[1], (Instant) row[2]), Collectors.toList())));
  }
}
