package io.holdfast.api.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.access.Caller;
import io.holdfast.api.declared.Declared;
import io.holdfast.api.declared.PlanView;
import io.holdfast.api.declared.Precondition;
import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.api.sql.AnyOf;
import io.holdfast.model.ResourceName;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.job.PortableDeclaration;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.model.wire.Wire;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Declares clusters and gives them to those who make jobs. */
@ApplicationScoped
public class ClusterService {
  private static final Logger LOG = Logger.getLogger(ClusterService.class);

  @Inject EntityManager entities;
  @Inject Clock clock;
  @Inject Caller caller;
  @Inject ObjectMapper json;
  @Inject RepositoryService repositories;
  @Inject CopyPlaces copyPlaces;
  @Inject TopologyService topologies;
  @Inject Instance<ClusterActivity> activities;
  @Inject Event<ClusterChanged> changed;

  /**
   * The declared cluster with its pinned system identifier, for a command. Looks at no scope.
   *
   * @throws ApiProblem 404
   */
  @Transactional
  public ClusterSpec spec(String name) {
    return spec(find(name));
  }

  /**
   * Reads these at once, those that are declared; until the transaction ends they are not asked for
   * one by one.
   */
  @Transactional(Transactional.TxType.MANDATORY)
  public void readAhead(Set<String> names) {
    List<?> rows =
        entities
            .createNativeQuery(
                "select * from cluster where name = " + AnyOf.texts("names"), ClusterEntity.class)
            .setParameter("names", Wire.text(names))
            .setFlushMode(FlushModeType.COMMIT)
            .getResultList();
    LOG.tracef("%d clusters read ahead", rows.size());
  }

  /** The pool whose workers sit next to it. */
  @Transactional
  public String pool(String name) {
    return find(name).pool;
  }

  /** The name of the repository that its backups go to. */
  @Transactional
  public String repository(String name) {
    return find(name).repository;
  }

  /** How many jobs it may have at once; empty when not declared, or when it is gone. */
  @Transactional
  public Optional<Integer> maxRunningJobs(String name) {
    return ClusterEntity.<ClusterEntity>findByIdOptional(name).map(row -> row.maxRunningJobs);
  }

  /** As {@link #maxRunningJobs(String)}, of those that declare it. */
  @SuppressWarnings("unchecked")
  @Transactional
  public Map<String, Integer> maxRunningJobs(Set<String> names) {
    List<Object[]> rows =
        entities
            .createNativeQuery(
                "select name, max_running_jobs from cluster where max_running_jobs is not null and"
                    + " name = "
                    + AnyOf.texts("names"))
            .setParameter("names", Wire.text(names))
            .getResultList();
    return rows.stream().collect(Collectors.toMap(row -> (String) row[0], row -> (Integer) row[1]));
  }

  /** How its WAL is archived; empty when it is not. */
  @Transactional
  public Optional<ClusterArchive> archive(String name) {
    String archive = find(name).archive;
    return Optional.ofNullable(archive).map(json -> Wire.read(json, ClusterArchive.class));
  }

  /**
   * A repository as a job that writes there is told of it: locked for as long as the retention of
   * the cluster there says, where it locks and declares no time of its own.
   *
   * @throws ApiProblem 404
   */
  @Transactional
  public RepositorySpec place(String name, String repository) {
    return switch (repositories.spec(repository)) {
      case FilesystemRepositorySpec directory -> directory;
      case S3RepositorySpec s3 ->
          s3.lockedFor(
              declaration(name).isPresent()
                  ? retention(name, repository).least()
                  : ClusterRetention.defaults().least());
    };
  }

  /** How long what it has in a repository is kept; its own policy where that one has none. */
  @Transactional
  public ClusterRetention retention(String name, String repository) {
    return keeping(name).policy(repository);
  }

  /**
   * Looks at no scope.
   *
   * @throws ApiProblem 404
   */
  @Transactional
  public ClusterKeeping keeping(String name) {
    return keeping(find(name));
  }

  /**
   * The next ones by name.
   *
   * @param after empty: from the first on
   * @param only of these; empty: of all
   */
  @Transactional
  public List<ClusterKeeping> keepings(String after, Optional<Set<String>> only, int most) {
    return ClusterEntity.after(after, only, most).stream().map(ClusterService::keeping).toList();
  }

  private static ClusterKeeping keeping(ClusterEntity row) {
    return new ClusterKeeping(
        row.name,
        row.repository,
        row.retention == null
            ? ClusterRetention.defaults()
            : Wire.read(row.retention, ClusterRetention.class),
        copies(row));
  }

  /**
   * @param spec with its system identifier, once somebody has seen it
   * @param archive null: it is not archived
   * @param copies further repositories; may be empty
   * @param changedAt when it was last changed by somebody
   */
  public record Declaration(
      ClusterSpec spec,
      String pool,
      String repository,
      ClusterArchive archive,
      List<ClusterCopy> copies,
      Instant changedAt) {}

  /** All of a declaration; empty when there is none. Looks at no scope. */
  @Transactional
  public Optional<Declaration> declaration(String name) {
    return ClusterEntity.<ClusterEntity>findByIdOptional(name).map(ClusterService::declaration);
  }

  /** Its labels; none when it is not declared. Looks at no scope. */
  @Transactional
  public Map<String, String> labels(String name) {
    return ClusterEntity.<ClusterEntity>findByIdOptional(name)
        .map(ClusterViews::labels)
        .orElse(Map.of());
  }

  /** Every cluster, by name. Looks at no scope. */
  @Transactional
  public List<String> names() {
    return ClusterEntity.<ClusterEntity>list("order by name").stream()
        .map(row -> row.name)
        .toList();
  }

  /** Those whose WAL is archived, by name. Looks at no scope. */
  @Transactional
  public List<Declaration> archived() {
    return ClusterEntity.<ClusterEntity>list("archive is not null order by name").stream()
        .map(ClusterService::declaration)
        .toList();
  }

  /** Those whose backups are to lie in further repositories, by name. Looks at no scope. */
  @Transactional
  public List<Declaration> copied() {
    return ClusterEntity.<ClusterEntity>list("copies is not null order by name").stream()
        .map(ClusterService::declaration)
        .toList();
  }

  /**
   * How it is declared, to be kept beside its backups. Has no secrets, as declarations have none.
   */
  @Transactional
  public PortableDeclaration portable(String name) {
    ClusterEntity row = find(name);
    ObjectNode declaration = json.valueToTree(ClusterViews.declaration(row));
    declaration.properties().removeIf(member -> member.getValue().isNull());
    return new PortableDeclaration(declaration.toPrettyString() + "\n", row.updatedAt);
  }

  static List<ClusterCopy> copies(ClusterEntity row) {
    return row.copies == null ? List.of() : List.of(Wire.read(row.copies, ClusterCopy[].class));
  }

  private static Declaration declaration(ClusterEntity row) {
    return new Declaration(
        spec(row),
        row.pool,
        row.repository,
        row.archive == null ? null : Wire.read(row.archive, ClusterArchive.class),
        copies(row),
        row.updatedAt);
  }

  static ClusterSpec spec(ClusterEntity row) {
    return ClusterDeclaration.pinned(Wire.read(row.spec, ClusterSpec.class), row.systemIdentifier);
  }

  @Transactional
  public ClusterView get(String name) {
    caller.requireCluster(name);
    return ClusterViews.of(find(name), null);
  }

  @Transactional
  public ClusterView.Page list(Integer limit, String cursor) {
    int size = Cursor.limit(limit);
    String after = Cursor.decode(cursor);
    List<ClusterEntity> rows =
        ClusterEntity.after(after == null ? "" : after, caller.clusterScope(), size + 1);
    return new ClusterView.Page(
        rows.stream().limit(size).map(row -> ClusterViews.of(row, null)).toList(),
        Cursor.next(rows, size, row -> row.name));
  }

  @Transactional
  public Declared<ClusterView> put(
      String name, ClusterRequest request, Precondition precondition, boolean dryRun) {
    caller.requireCluster(name);
    caller.requireAllClusters();
    ClusterSpec spec = ClusterDeclaration.spec(name, request);
    repositories.requireDeclared("repository", request.repository());
    copyPlaces.check(request);
    ClusterEntity row = ClusterEntity.findById(name, LockModeType.PESSIMISTIC_WRITE);
    if (row == null) {
      precondition.requireCreate("cluster", name);
    } else {
      precondition.requireMatch("cluster", name, row.version);
    }
    ClusterEntity wanted = wanted(row, spec, request);
    PlanView plan = plan(row, wanted);
    if (dryRun) {
      return new Declared<>(ClusterViews.of(wanted, plan), row == null ? 0 : row.version, false);
    }
    if (row == null) {
      create(wanted);
    } else if (!plan.changes().isEmpty()) {
      apply(row, wanted);
    }
    ClusterEntity now = row == null ? wanted : row;
    topologies.ask(now);
    changed.fire(new ClusterChanged(name));
    return new Declared<>(ClusterViews.of(now, null), now.version, row == null);
  }

  @Transactional
  public void delete(String name, Precondition precondition) {
    caller.requireCluster(name);
    caller.requireAllClusters();
    find(name);
    ClusterEntity row = ClusterEntity.findById(name, LockModeType.PESSIMISTIC_WRITE);
    if (row == null) {
      throw ApiProblem.notFound("cluster", name);
    }
    precondition.requireMatch("cluster", name, row.version);
    if (activities.stream().anyMatch(activity -> activity.active(name))) {
      throw new ApiProblem(
          409,
          "in-use",
          "The cluster '" + name + "' has jobs that have not ended.",
          "Wait for them or cancel them. Its backups stay when it is deleted.");
    }
    row.delete();
    ClusterEntity.flush();
    changed.fire(new ClusterChanged(name));
  }

  private void create(ClusterEntity wanted) {
    try {
      wanted.persistAndFlush();
    } catch (PersistenceException sameName) {
      throw new ApiProblem(
          412,
          "precondition-failed",
          "The cluster '" + wanted.name + "' or its repository was changed by somebody else.",
          "Read it again and decide on what you see.");
    }
  }

  private void apply(ClusterEntity row, ClusterEntity wanted) {
    row.pool = wanted.pool;
    row.repository = wanted.repository;
    row.spec = wanted.spec;
    row.maxRunningJobs = wanted.maxRunningJobs;
    row.labels = wanted.labels;
    row.archive = wanted.archive;
    row.recoveryPointObjective = wanted.recoveryPointObjective;
    row.retention = wanted.retention;
    row.copies = wanted.copies;
    row.systemIdentifier = wanted.systemIdentifier;
    row.version++;
    row.updatedAt = clock.instant();
    row.updatedBy = caller.keyId();
  }

  private ClusterEntity wanted(ClusterEntity row, ClusterSpec spec, ClusterRequest request) {
    ClusterEntity wanted = new ClusterEntity();
    wanted.name = spec.name();
    wanted.pool = request.pool() == null ? "default" : request.pool();
    wanted.repository = request.repository();
    wanted.spec = Wire.text(spec);
    wanted.maxRunningJobs = request.maxRunningJobs();
    wanted.labels = Wire.text(request.labels() == null ? Map.of() : request.labels());
    wanted.archive =
        request.archive() == null
            ? null
            : Wire.text(ClusterArchive.of(spec.name(), request.archive()));
    wanted.recoveryPointObjective = ClusterDeclaration.objective(request.recoveryPointObjective());
    wanted.retention =
        request.retention() == null
            ? null
            : Wire.text(ClusterRetention.of(request.retention(), "retention"));
    wanted.copies =
        request.copies() == null || request.copies().isEmpty()
            ? null
            : Wire.text(CopyPlaces.sound(request.copies()));
    wanted.systemIdentifier =
        request.expectedSystemIdentifier() != null || row == null
            ? request.expectedSystemIdentifier()
            : row.systemIdentifier;
    wanted.version = row == null ? 1 : row.version;
    wanted.createdAt = row == null ? clock.instant() : row.createdAt;
    wanted.updatedAt = row == null ? wanted.createdAt : row.updatedAt;
    wanted.updatedBy = row == null ? caller.keyId() : row.updatedBy;
    return wanted;
  }

  private PlanView plan(ClusterEntity row, ClusterEntity wanted) {
    return PlanView.between(
        row == null ? null : json.valueToTree(ClusterViews.declaration(row)),
        json.valueToTree(ClusterViews.declaration(wanted)),
        List.of("A worker of pool '" + wanted.pool + "' looks at every node."));
  }

  private static ClusterEntity find(String name) {
    ClusterEntity row = name.matches(ResourceName.PATTERN) ? ClusterEntity.findById(name) : null;
    if (row == null) {
      throw ApiProblem.notFound(
          "cluster", name.length() > 63 ? name.substring(0, 63) + "..." : name);
    }
    return row;
  }
}
