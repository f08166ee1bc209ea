package io.holdfast.api.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.access.Caller;
import io.holdfast.api.declared.Declared;
import io.holdfast.api.declared.PlanView;
import io.holdfast.api.declared.Precondition;
import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.model.ResourceName;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.wire.Wire;
import io.quarkus.hibernate.orm.panache.Panache;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Declares repositories and gives them to those who make jobs. */
@ApplicationScoped
public class RepositoryService {
  static final String PENDING = "PENDING";

  @Inject Clock clock;
  @Inject Caller caller;
  @Inject ObjectMapper json;
  @Inject Instance<ProbeJobs> probes;
  @Inject Instance<RepositoryUse> uses;

  /**
   * The declared repository, for a command.
   *
   * @throws ApiProblem 404
   */
  @Transactional
  public RepositorySpec spec(String name) {
    return Wire.read(find(name).spec, RepositorySpec.class);
  }

  /**
   * For what names a repository.
   *
   * @throws ApiProblem 422 about that field, when there is none of that name
   */
  @Transactional
  public void requireDeclared(String field, String name) {
    if (!name.matches(ResourceName.PATTERN) || RepositoryEntity.findById(name) == null) {
      throw ApiProblem.invalid(
          field,
          "there is no repository '" + printable(name) + "'",
          "Declare the repository first.");
    }
  }

  /** The pool whose workers probe it. */
  @Transactional
  public String pool(String name) {
    return find(name).pool;
  }

  @Transactional
  public RepositoryView get(String name) {
    RepositoryEntity row = find(name);
    if (!visible(name)) {
      throw ApiProblem.notFound("repository", name);
    }
    return RepositoryViews.of(row, null);
  }

  @Transactional
  public RepositoryView.Page list(Integer limit, String cursor) {
    int size = Cursor.limit(limit);
    String after = Cursor.decode(cursor);
    Optional<Set<String>> scope = caller.clusterScope();
    String where = "name > ?1";
    if (scope.isPresent()) {
      where += " and name in (select c.repository from ClusterEntity c where c.name in ?2)";
    }
    Object[] parameters =
        scope.isPresent()
            ? new Object[] {after == null ? "" : after, scope.get()}
            : new Object[] {after == null ? "" : after};
    List<RepositoryEntity> rows =
        RepositoryEntity.<RepositoryEntity>find(where + " order by name", parameters)
            .range(0, size)
            .list();
    return new RepositoryView.Page(
        rows.stream().limit(size).map(row -> RepositoryViews.of(row, null)).toList(),
        Cursor.next(rows, size, row -> row.name));
  }

  @Transactional
  public Declared<RepositoryView> put(
      String name, RepositoryRequest request, Precondition precondition, boolean dryRun) {
    caller.requireAllClusters();
    RepositorySpec spec = RepositoryDeclaration.spec(name, request);
    String pool = request.pool() == null ? "default" : request.pool();
    RepositoryEntity row = RepositoryEntity.findById(name, LockModeType.PESSIMISTIC_WRITE);
    if (row == null) {
      precondition.requireCreate("repository", name);
    } else {
      precondition.requireMatch("repository", name, row.version);
    }
    RepositoryEntity wanted = fresh(name, spec, pool);
    wanted.capacityBytes = request.capacityBytes();
    PlanView plan = plan(row, wanted, spec);
    if (dryRun) {
      return new Declared<>(preview(row, wanted, plan), version(row), false);
    }
    return row == null ? create(wanted, spec) : update(row, wanted, spec, plan);
  }

  @Transactional
  public void delete(String name, Precondition precondition) {
    caller.requireAllClusters();
    find(name);
    RepositoryEntity row = RepositoryEntity.findById(name, LockModeType.PESSIMISTIC_WRITE);
    if (row == null) {
      throw ApiProblem.notFound("repository", name);
    }
    precondition.requireMatch("repository", name, row.version);
    for (RepositoryUse use : uses) {
      String by = use.of(name);
      if (by != null) {
        throw new ApiProblem(
            409,
            "in-use",
            "The repository '" + name + "' is referred to by " + by + ".",
            "Delete or redeclare what refers to it first.");
      }
    }
    row.delete();
  }

  /** Keeps what a probe found, unless a newer one was asked for meanwhile. */
  @Transactional
  void probed(@Observes RepositoryProbed probed) {
    RepositoryEntity row =
        RepositoryEntity.findById(probed.repository(), LockModeType.PESSIMISTIC_WRITE);
    if (row == null || !probed.jobId().equals(row.probeJobId)) {
      return;
    }
    boolean passed =
        probed.capabilities() != null
            && probed.findings().stream().noneMatch(f -> "FAILED".equals(f.outcome()));
    row.probeState = passed ? "PASSED" : "FAILED";
    row.probeAt = probed.at();
    row.probeFindings = Wire.text(probed.findings());
    row.capabilities =
        probed.capabilities() == null ? row.capabilities : Wire.text(probed.capabilities());
  }

  private Declared<RepositoryView> create(RepositoryEntity row, RepositorySpec spec) {
    try {
      row.persistAndFlush();
    } catch (PersistenceException sameName) {
      throw new ApiProblem(
          412,
          "precondition-failed",
          "The repository '" + row.name + "' was declared by somebody else just now.",
          "Read it again and decide on what you see.");
    }
    probe(row, spec);
    return new Declared<>(RepositoryViews.of(row, null), row.version, true);
  }

  private Declared<RepositoryView> update(
      RepositoryEntity row, RepositoryEntity wanted, RepositorySpec spec, PlanView plan) {
    if (!plan.changes().isEmpty()) {
      boolean elsewhere = !Wire.read(row.spec, RepositorySpec.class).equals(spec);
      // What was found was found elsewhere.
      row.capabilities = elsewhere ? null : row.capabilities;
      row.spec = wanted.spec;
      row.pool = wanted.pool;
      row.capacityBytes = wanted.capacityBytes;
      row.version++;
      row.updatedAt = wanted.updatedAt;
      row.updatedBy = wanted.updatedBy;
    }
    probe(row, spec);
    return new Declared<>(RepositoryViews.of(row, null), row.version, false);
  }

  private void probe(RepositoryEntity row, RepositorySpec spec) {
    for (ProbeJobs jobs : probes) {
      row.probeState = PENDING;
      row.probeAt = null;
      row.probeFindings = null;
      row.probeJobId = jobs.submit(spec, row.pool, caller.keyId());
    }
  }

  /**
   * Probes it once more; what was found before stays until the probe is done. Looks at no scope.
   *
   * @param trigger who asks for it
   */
  @Transactional
  public void probeAgain(String name, String trigger) {
    RepositoryEntity row = find(name);
    RepositorySpec spec = Wire.read(row.spec, RepositorySpec.class);
    for (ProbeJobs jobs : probes) {
      row.probeJobId = jobs.submit(spec, row.pool, trigger);
    }
  }

  private RepositoryEntity fresh(String name, RepositorySpec spec, String pool) {
    RepositoryEntity row = new RepositoryEntity();
    row.name = name;
    row.spec = Wire.text(spec);
    row.pool = pool;
    row.version = 1;
    row.createdAt = clock.instant();
    row.updatedAt = row.createdAt;
    row.updatedBy = caller.keyId();
    row.probeState = "UNKNOWN";
    return row;
  }

  private static RepositoryView preview(
      RepositoryEntity row, RepositoryEntity wanted, PlanView plan) {
    if (row != null) {
      wanted.version = row.version;
      wanted.createdAt = row.createdAt;
      wanted.updatedAt = row.updatedAt;
      wanted.updatedBy = row.updatedBy;
    }
    return RepositoryViews.of(wanted, plan);
  }

  private PlanView plan(RepositoryEntity row, RepositoryEntity wanted, RepositorySpec spec) {
    JsonNode before =
        row == null
            ? null
            : json.valueToTree(
                RepositoryViews.declaration(
                    Wire.read(row.spec, RepositorySpec.class), row.pool, row.capacityBytes));
    return PlanView.between(
        before,
        json.valueToTree(RepositoryViews.declaration(spec, wanted.pool, wanted.capacityBytes)),
        List.of("A worker of pool '" + wanted.pool + "' probes the repository."));
  }

  private static long version(RepositoryEntity row) {
    return row == null ? 0 : row.version;
  }

  private boolean visible(String name) {
    return caller
        .clusterScope()
        .map(
            scope ->
                !scope.isEmpty()
                    && Panache.getEntityManager()
                            .createQuery(
                                "select count(c) from ClusterEntity c where c.repository = :name"
                                    + " and c.name in :scope",
                                Long.class)
                            .setParameter("name", name)
                            .setParameter("scope", scope)
                            .getSingleResult()
                        > 0)
        .orElse(true);
  }

  private static RepositoryEntity find(String name) {
    RepositoryEntity row =
        name.matches(ResourceName.PATTERN) ? RepositoryEntity.findById(name) : null;
    if (row == null) {
      throw ApiProblem.notFound("repository", printable(name));
    }
    return row;
  }

  private static String printable(String name) {
    return name.length() > 63 ? name.substring(0, 63) + "..." : name;
  }
}
