package io.holdfast.api.backup;

import io.holdfast.model.Lsn;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wire.Wire;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Rows as views. */
final class BackupViews {
  private BackupViews() {}

  static BackupView brief(BackupEntity row) {
    return of(row, false);
  }

  static BackupView full(BackupEntity row) {
    return of(row, true);
  }

  private static BackupView of(BackupEntity row, boolean full) {
    Manifest manifest = Wire.read(row.manifest, Manifest.class);
    String self = "/api/v1/backups/" + row.id;
    return new BackupView(
        row.id.toString(),
        row.cluster,
        row.method,
        row.state,
        row.suspectReason,
        row.repository,
        row.jobId.toString(),
        manifest.createdBy(),
        row.startedAt,
        row.finishedAt,
        manifest.durationSeconds(),
        row.plainBytes,
        row.storedBytes,
        manifest.compression() == null ? null : manifest.compression().codec().name(),
        encryption(manifest.encryption()),
        source(manifest.source()),
        wal(manifest.wal()),
        manifest.parent() == null ? null : manifest.parent().value(),
        manifest.reencryptedFrom() == null ? null : manifest.reencryptedFrom().value(),
        row.verifiedLevel == null
            ? null
            : new BackupView.VerificationStateView(row.verifiedLevel, row.verifiedAt),
        row.expiryJob == null
            ? null
            : new BackupView.ExpiryView(row.expiryReason, row.expiryJob.toString(), row.expiredAt),
        full ? BackupCopyView.of(row.id) : null,
        full ? each(manifest.databases(), BackupViews::database) : null,
        full ? each(manifest.tablespaces(), BackupViews::tablespace) : null,
        full ? each(manifest.artifacts(), BackupViews::artifact) : null,
        full ? manifest.tools() : null,
        manifest.labels() == null ? Map.of() : new TreeMap<>(manifest.labels()),
        Map.of(
            "self", self,
            "job", "/api/v1/jobs/" + row.jobId,
            "contents", self + "/contents",
            "verifications", self + "/verifications",
            "copies", self + "/copies"));
  }

  private static <T, V> List<V> each(List<T> values, Function<T, V> view) {
    return values == null ? List.of() : values.stream().map(view).toList();
  }

  private static BackupView.EncryptionStateView encryption(Encryption encryption) {
    return encryption == null
        ? null
        : new BackupView.EncryptionStateView(
            encryption.type() == null ? null : encryption.type().name(),
            encryption.dataKeyId(),
            encryption.keys() == null ? null : each(encryption.keys(), BackupViews::key),
            encryption.signer() == null ? null : key(encryption.signer()));
  }

  private static BackupView.EncryptionStateView.KeyView key(Encryption.Key key) {
    return new BackupView.EncryptionStateView.KeyView(key.name(), key.fingerprint());
  }

  private static BackupView.SourceView source(Manifest.Source source) {
    return source == null
        ? null
        : new BackupView.SourceView(
            source.node(),
            source.role() == null ? null : source.role().name(),
            source.lagBytes(),
            source.lagSeconds(),
            source.serverVersion(),
            source.systemIdentifier(),
            source.timeline());
  }

  private static BackupView.WalView wal(Manifest.Wal wal) {
    return wal == null
        ? null
        : new BackupView.WalView(
            text(wal.startLsn()), text(wal.stopLsn()), wal.timeline(), wal.segmentSizeBytes());
  }

  private static BackupView.DatabaseView database(Manifest.Database database) {
    return new BackupView.DatabaseView(
        database.name(), database.encoding(), database.owner(), text(database.snapshotLsn()));
  }

  private static BackupView.TablespaceView tablespace(Manifest.Tablespace tablespace) {
    return new BackupView.TablespaceView(
        tablespace.oid(), tablespace.name(), tablespace.location());
  }

  private static BackupView.ArtifactView artifact(Artifact artifact) {
    Artifact.Digest plain = artifact.plain();
    return new BackupView.ArtifactView(
        artifact.kind().name(),
        artifact.object(),
        artifact.database(),
        artifact.tablespaceOid(),
        artifact.codec() == null ? null : artifact.codec().name(),
        plain == null ? null : plain.bytes(),
        plain == null ? null : plain.sha256(),
        artifact.stored().bytes(),
        artifact.stored().sha256());
  }

  private static String text(Lsn lsn) {
    return lsn == null ? null : lsn.toString();
  }
}
