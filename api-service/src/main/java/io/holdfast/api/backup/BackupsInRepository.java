package io.holdfast.api.backup;

import io.holdfast.api.repository.RepositoryUse;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;

/** Backups keep the repository that they lie in declared. */
@ApplicationScoped
public class BackupsInRepository implements RepositoryUse {
  @Override
  @Transactional
  public String of(String repository) {
    long backups =
        BackupEntity.count("repository = ?1 and state <> 'EXPIRED'", repository)
            + BackupCopyEntity.count(
                "key.repository = ?1 and state not in ('EXPIRED', 'NOT_NEEDED')", repository);
    return backups == 0 ? null : backups == 1 ? "a backup" : backups + " backups";
  }
}
