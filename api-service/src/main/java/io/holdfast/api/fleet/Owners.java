package io.holdfast.api.fleet;

import io.holdfast.api.declared.DeclaredName;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who applied which declaration. What a person declares has no row, and the catalog drops the row
 * with the declaration.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.MANDATORY)
class Owners {
  @Inject EntityManager entities;

  /** A declaration and whose it is. */
  record Owned(String path, String kind, DeclaredName name, String owner) {}

  /** By path, of every owner; nobody else applies anything until this transaction ends. */
  Map<String, Owned> lockAll() {
    Object unused =
        entities
            .createNativeQuery("select 1 from (select pg_advisory_xact_lock(23)) l", Integer.class)
            .getSingleResult();
    return all();
  }

  /** By path, of every owner. */
  Map<String, Owned> all() {
    List<Tuple> rows =
        entities
            .createNativeQuery(
                "select path, kind, name, cluster, repository, owner from declaration_owner",
                Tuple.class)
            .getResultList();
    Map<String, Owned> all = new HashMap<>();
    for (Tuple row : rows) {
      all.put(row.get(0, String.class), owned(row));
    }
    return all;
  }

  void take(Wanted<?> wanted, String owner) {
    entities
        .createNativeQuery(
            "insert into declaration_owner (path, kind, name, cluster, repository, owner)"
                + " values (:path, :kind, :name, :cluster, :repository, :owner)"
                + " on conflict (path) do update set owner = excluded.owner")
        .setParameter("path", wanted.path())
        .setParameter("kind", wanted.kind().kind())
        .setParameter("name", wanted.name().name())
        .setParameter("cluster", wanted.name().cluster())
        .setParameter("repository", wanted.name().repository())
        .setParameter("owner", owner)
        .executeUpdate();
  }

  private static Owned owned(Tuple row) {
    return new Owned(
        row.get(0, String.class),
        row.get(1, String.class),
        new DeclaredName(
            row.get(2, String.class), row.get(3, String.class), row.get(4, String.class)),
        row.get(5, String.class));
  }
}
