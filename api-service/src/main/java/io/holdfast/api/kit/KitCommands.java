package io.holdfast.api.kit;

import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.model.manifest.Manifest;
import java.util.List;
import java.util.Objects;

/** The commands of the repository format, filled in for one backup. */
final class KitCommands {
  private final FormatBlocks format;

  KitCommands(FormatBlocks format) {
    this.format = format;
  }

  /**
   * @param chain the full backup first
   * @param start to the end of the backup
   */
  String physical(String cluster, List<Manifest> chain, boolean start) {
    Manifest manifest = chain.getLast();
    StringBuilder script = new StringBuilder(": \"${TARGET:?}\"\n").append(keys(manifest));
    chain.forEach(member -> script.append("fetch '").append(folder(cluster, member)).append("'\n"));
    script
        .append("BACKUP='")
        .append(folder(cluster, manifest))
        .append("'\n")
        .append(opened(manifest))
        .append(format.block(chain.size() > 1 ? "Incremental base backup" : "Base backup"));
    if (has(manifest, Artifact.Kind.CONFIG_TAR)) {
      script.append(format.block("Configuration"));
    }
    if (start) {
      script.append(format.block("Starting it"));
    }
    return script.toString();
  }

  /**
   * @param sealed whether some of the WAL may be encrypted; it may be where the backup is not
   */
  String moment(String cluster, List<Manifest> chain, boolean sealed) {
    String folder = "clusters/" + cluster + "/wal/" + chain.getLast().source().systemIdentifier();
    return ": \"${RECOVERY:?}\"\n"
        + physical(cluster, chain, false)
        + "fetch '"
        + folder
        + "'\nWAL=\"$REPO/"
        + folder
        + "\"\n"
        + (sealed
            ? "ARCHIVE='" + folder + "'\n" + format.block("The same, encrypted")
            : format.block("To a point in time"));
  }

  /** What somebody has to set where the objects are sealed. */
  private static String keys(Manifest manifest) {
    return manifest.encryption() != null && manifest.encryption().type() == Encryption.Type.ENVELOPE
        ? ": \"${UNSEAL:?}\" \"${KEY:?}\"\n"
        : "";
  }

  /** Goes into the run's folder and finds out that it is whole, and who wrote it. */
  private String opened(Manifest manifest) {
    return format.block("Preparation")
        + (manifest.encryption() == null ? "" : format.block("Authenticity"))
        + format.block("Checksums");
  }

  String logical(String cluster, Manifest manifest) {
    StringBuilder script =
        new StringBuilder(": \"${TARGET:?}\" \"${PGHOST:?}\"\nBACKUP='")
            .append(folder(cluster, manifest))
            .append("'\nfetch \"$BACKUP\"\n")
            .append(keys(manifest))
            .append(opened(manifest));
    if (has(manifest, Artifact.Kind.GLOBALS)) {
      script.append(format.block("Globals"));
    }
    if (has(manifest, Artifact.Kind.DUMP_CUSTOM)) {
      script.append(format.block("Custom dumps"));
    }
    if (has(manifest, Artifact.Kind.DUMP_DIRECTORY)) {
      script.append(format.block("Directory dumps"));
    }
    for (Artifact artifact : manifest.artifacts()) {
      if (artifact.kind() == Artifact.Kind.DUMP_PLAIN) {
        script.append(plain(manifest, artifact));
      }
    }
    return script.toString();
  }

  private String plain(Manifest manifest, Artifact artifact) {
    Manifest.Database database =
        manifest.databases().stream()
            .filter(one -> one.name().equals(artifact.database()))
            .findFirst()
            .orElseThrow();
    String object = artifact.object().substring(artifact.object().indexOf('/') + 1);
    return "DUMP="
        + KitPlaces.quoted(object)
        + " DATABASE="
        + KitPlaces.quoted(database.name())
        + " ENCODING="
        + word(database.encoding())
        + " COLLATE="
        + word(database.collate())
        + " CTYPE="
        + word(database.ctype())
        + " PROVIDER="
        + word(database.localeProvider())
        + " LOCALE="
        + word(database.locale())
        + "\n"
        + format.block("Plain dumps");
  }

  private static String word(String text) {
    return KitPlaces.quoted(Objects.requireNonNullElse(text, ""));
  }

  private static boolean has(Manifest manifest, Artifact.Kind kind) {
    return manifest.artifacts().stream().anyMatch(artifact -> artifact.kind() == kind);
  }

  private static String folder(String cluster, Manifest manifest) {
    return "clusters/" + cluster + "/backups/" + manifest.backupId();
  }
}
