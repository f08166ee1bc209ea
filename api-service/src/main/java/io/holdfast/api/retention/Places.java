package io.holdfast.api.retention;

import io.holdfast.api.cluster.ClusterPlace;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Places that one question to the catalog is about, however many they are. */
record Places(List<ClusterPlace> all) {
  /** For a from clause: a row for each of them. */
  static final String ROWS =
      "unnest(cast(:clusters as text[]), cast(:repositories as text[])) with ordinality as"
          + " p(cluster, repository, nr)";

  Places(Collection<ClusterPlace> all) {
    this(List.copyOf(all));
  }

  List<Object[]> ask(EntityManager entities, String sql) {
    return ask(entities, sql, Map.of());
  }

  /**
   * @param sql with {@link #ROWS}; the rows of the answer begin with {@code nr}
   * @param more parameters
   */
  @SuppressWarnings("unchecked")
  List<Object[]> ask(EntityManager entities, String sql, Map<String, Object> more) {
    Query query =
        entities
            .createNativeQuery(sql)
            .setParameter("clusters", texts(ClusterPlace::cluster))
            .setParameter("repositories", texts(ClusterPlace::repository));
    more.forEach(query::setParameter);
    return query.getResultList();
  }

  private String[] texts(Function<ClusterPlace, String> of) {
    return all.stream().map(of).toArray(String[]::new);
  }

  /** Which of them a row of the answer is about. */
  ClusterPlace of(Object[] row) {
    return all.get(((Number) row[0]).intValue() - 1);
  }

  Set<String> clusters() {
    return all.stream().map(ClusterPlace::cluster).collect(Collectors.toSet());
  }
}
