package io.holdfast.api.kit;

import io.holdfast.api.access.Caller;
import io.holdfast.api.backup.BackupCopies;
import io.holdfast.api.backup.BackupQueries;
import io.holdfast.api.cluster.ClusterCopy;
import io.holdfast.api.cluster.ClusterService;
import io.holdfast.api.kit.Kit.Commands;
import io.holdfast.api.kit.Kit.Facts;
import io.holdfast.api.kit.Kit.Part;
import io.holdfast.api.kit.Kit.Section;
import io.holdfast.api.kit.Kit.Sentence;
import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.model.manifest.Manifest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes kits. They name keys and never hold them. */
@ApplicationScoped
public class RecoveryKit {
  @Inject BackupQueries backups;
  @Inject BackupCopies copies;
  @Inject ClusterService clusters;
  @Inject RepositoryService repositories;
  @Inject Caller caller;
  @Inject Clock clock;

  private final KitCommands commands = new KitCommands(new FormatBlocks());

  /**
   * @throws ApiProblem 404
   */
  @Transactional
  public String page(String cluster) {
    return KitPage.of(kit(cluster));
  }

  /** As {@link #page}, as text. */
  @Transactional
  public String text(String cluster) {
    return KitText.of(kit(cluster));
  }

  private Kit kit(String cluster) {
    caller.requireCluster(cluster);
    ClusterService.Declaration declared =
        clusters
            .declaration(cluster)
            .orElseThrow(
                () -> ApiProblem.notFound("cluster", cluster.length() > 63 ? "..." : cluster));
    Optional<BackupQueries.Newest> physical = backups.newest(cluster, "PHYSICAL");
    Optional<BackupQueries.Newest> logical = backups.newest(cluster, "LOGICAL");
    List<Section> sections = new ArrayList<>();
    sections.add(about(declared));
    sections.add(where(declared));
    sections.add(keys(physical, logical));
    sections.add(place(declared, physical, logical));
    physical.ifPresent(newest -> sections.add(physical(cluster, newest)));
    physical
        .filter(newest -> declared.archive() != null)
        .ifPresent(
            newest -> sections.add(moment(cluster, newest, declared.spec().encryption() != null)));
    logical.ifPresent(newest -> sections.add(logical(cluster, newest)));
    return new Kit("Recovery kit of cluster " + cluster, sections);
  }

  private Section about(ClusterService.Declaration declared) {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("Written", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    rows.put(
        "System identifier",
        declared.spec().systemIdentifier() == null
            ? "not seen yet"
            : declared.spec().systemIdentifier());
    declared
        .spec()
        .nodes()
        .forEach(node -> rows.put("Node " + node.name(), node.host() + ":" + node.port()));
    return new Section(
        "What this is",
        List.of(
            new Sentence(
                "How to bring the data of this cluster back with standard tools when Holdfast is"
                    + " gone. Print it, or keep it apart from what it is about. Holdfast writes a"
                    + " new one at any time; what is named here stays where it is until it"
                    + " expires."),
            new Sentence(
                "Needed: bash, curl (7.75 or later), sed, zstd, gzip, lz4, tar, sha256sum, the"
                    + " programs of PostgreSQL in the versions below on the PATH, and the keys"
                    + " below. Run the commands of a section in one shell, after those of 'Where to"
                    + " read from', as the user who will run the server."),
            new Facts(rows)));
  }

  private Section where(ClusterService.Declaration declared) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Facts(KitPlaces.facts(repositories.spec(declared.repository()))));
    for (ClusterCopy copy : declared.copies()) {
      Map<String, String> facts =
          new LinkedHashMap<>(KitPlaces.facts(repositories.spec(copy.repository())));
      facts.put("Holds", "copies: the same objects under the same keys");
      if (copy.storageClass() != null) {
        facts.put("Storage class", copy.storageClass());
      }
      parts.add(new Facts(facts));
    }
    return new Section("Where it lies", parts);
  }

  private static Section keys(
      Optional<BackupQueries.Newest> physical, Optional<BackupQueries.Newest> logical) {
    List<Part> parts = new ArrayList<>();
    physical.ifPresent(newest -> parts.addAll(KitKeys.of(newest.manifest())));
    logical.ifPresent(newest -> parts.addAll(KitKeys.of(newest.manifest())));
    parts.add(
        new Sentence(
            "The access keys of an S3 repository are in the credentials file of the workers under"
                + " the name above, or with whoever runs the store. No key is printed here."));
    return new Section("Keys", parts);
  }

  private Section place(
      ClusterService.Declaration declared,
      Optional<BackupQueries.Newest> physical,
      Optional<BackupQueries.Newest> logical) {
    String first =
        physical
            .or(() -> logical)
            .map(BackupQueries.Newest::repository)
            .orElse(declared.repository());
    List<Part> parts = new ArrayList<>();
    parts.add(
        new Sentence(
            "Run one of these first. For S3 set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and"
                + " REPO to an empty directory with room for what is copied down."));
    parts.add(new Commands("place-" + first, start(first)));
    List<String> others = new ArrayList<>();
    physical.ifPresent(newest -> others.addAll(copies.readable(newest.id())));
    logical.ifPresent(newest -> others.addAll(copies.readable(newest.id())));
    others.stream()
        .distinct()
        .filter(name -> !name.equals(first))
        .forEach(
            name -> {
              parts.add(new Sentence("Or from the copy in '" + name + "':"));
              parts.add(new Commands("place-" + name, start(name)));
            });
    return new Section("Where to read from", parts);
  }

  private String start(String repository) {
    return "set -euo pipefail\n" + KitPlaces.commands(repositories.spec(repository));
  }

  private Section physical(String cluster, BackupQueries.Newest newest) {
    List<Manifest> chain = chain(newest);
    return new Section(
        "The newest base backup, to its own end",
        List.of(
            new Facts(facts(newest)),
            new Sentence(
                "Set TARGET to an empty directory of the user who will run the server; the server"
                    + " that is started is reached by its socket there only."),
            new Commands("physical", commands.physical(cluster, chain, true))));
  }

  private Section moment(String cluster, BackupQueries.Newest newest, boolean sealed) {
    return new Section(
        "The newest base backup, to a point in time",
        List.of(
            new Sentence(
                "Instead of the section before. Set TARGET as there, and RECOVERY to the lines that"
                    + " say where to stop, such as recovery_target_time = '2026-11-21 10:00:00+00'"
                    + " and recovery_target_action = 'promote'; with the last alone it goes on to"
                    + " the end of the archive."),
            new Commands(
                "point-in-time",
                commands.moment(
                    cluster, chain(newest), sealed || newest.manifest().encryption() != null))));
  }

  private Section logical(String cluster, BackupQueries.Newest newest) {
    return new Section(
        "The newest dump",
        List.of(
            new Facts(facts(newest)),
            new Sentence(
                "Set PGHOST, PGPORT, PGUSER and what else psql needs to reach a new server as its"
                    + " superuser, and TARGET to an empty directory."),
            new Commands("logical", commands.logical(cluster, newest.manifest()))));
  }

  /** The full one first. */
  private List<Manifest> chain(BackupQueries.Newest newest) {
    List<Manifest> chain = new ArrayList<>(List.of(newest.manifest()));
    while (chain.getFirst().parent() != null) {
      chain.addFirst(backups.manifest(chain.getFirst().parent()));
    }
    return chain;
  }

  private static Map<String, String> facts(BackupQueries.Newest newest) {
    Manifest manifest = newest.manifest();
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("Backup", manifest.backupId().value());
    rows.put("Finished", manifest.finishedAt().toString());
    rows.put("PostgreSQL", manifest.source().serverVersion());
    rows.put("Repository", newest.repository());
    rows.put("Bytes as stored", Long.toString(manifest.storedBytes()));
    rows.put("Bytes unpacked", Long.toString(manifest.plainBytes()));
    if (manifest.parent() != null) {
      rows.put("Builds on", manifest.parent().value());
    }
    return rows;
  }
}
