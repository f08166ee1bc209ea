package io.holdfast.api.repository;

import io.holdfast.api.declared.PlanView;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.repository.Capabilities;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.ObjectLock;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.model.repository.ServerEncryption;
import io.holdfast.model.wire.Wire;
import java.util.Arrays;
import java.util.List;

/** Shows a row as JSON. */
final class RepositoryViews {
  private RepositoryViews() {}

  static RepositoryView of(RepositoryEntity row, PlanView plan) {
    RepositorySpec spec = Wire.read(row.spec, RepositorySpec.class);
    return new RepositoryView(
        row.name,
        type(spec),
        row.pool,
        s3(spec),
        filesystem(spec),
        row.capacityBytes,
        capabilities(row.capabilities),
        new RepositoryView.ProbeView(
            row.probeState, row.probeJobId, row.probeAt, findings(row.probeFindings)),
        row.version,
        row.createdAt,
        row.updatedAt,
        row.updatedBy,
        plan);
  }

  /** What a person declares, for comparing two declarations. */
  static RepositoryRequest declaration(RepositorySpec spec, String pool, Long capacityBytes) {
    return new RepositoryRequest(type(spec), pool, s3(spec), filesystem(spec), capacityBytes);
  }

  private static String type(RepositorySpec spec) {
    return switch (spec) {
      case S3RepositorySpec s3 -> "S3";
      case FilesystemRepositorySpec filesystem -> "FILESYSTEM";
    };
  }

  private static S3Location s3(RepositorySpec spec) {
    return switch (spec) {
      case S3RepositorySpec s3 ->
          new S3Location(
              s3.endpoint(),
              s3.region(),
              s3.bucket(),
              s3.prefix(),
              s3.credentialsRef().name(),
              lock(s3.objectLock()),
              serverEncryption(s3.serverEncryption()));
      case FilesystemRepositorySpec filesystem -> null;
    };
  }

  private static ServerEncryptionView serverEncryption(ServerEncryption encryption) {
    return encryption == null
        ? null
        : new ServerEncryptionView(encryption.mode().name(), encryption.keyId());
  }

  private static ObjectLockView lock(ObjectLock lock) {
    return lock == null ? null : new ObjectLockView(lock.mode().name(), lock.retainFor());
  }

  private static FilesystemLocation filesystem(RepositorySpec spec) {
    return switch (spec) {
      case S3RepositorySpec s3 -> null;
      case FilesystemRepositorySpec filesystem -> new FilesystemLocation(filesystem.path());
    };
  }

  private static RepositoryView.CapabilitiesView capabilities(String json) {
    if (json == null) {
      return null;
    }
    Capabilities seen = Wire.read(json, Capabilities.class);
    return new RepositoryView.CapabilitiesView(
        seen.writable(),
        seen.conditionalPut(),
        seen.multipartAbort(),
        seen.listAfterWrite(),
        seen.objectLock(),
        seen.deletes(),
        seen.certificateExpiresAt());
  }

  private static List<RepositoryView.FindingView> findings(String json) {
    return json == null
        ? List.of()
        : Arrays.stream(Wire.read(json, JobResult.Finding[].class))
            .map(
                f -> new RepositoryView.FindingView(f.check(), f.outcome(), f.sentence(), f.hint()))
            .toList();
  }
}
