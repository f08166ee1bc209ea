package io.holdfast.worker.job;

import io.holdfast.model.command.JobCommand.ObserveArchive;
import io.holdfast.worker.wal.archive.Declarations;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** What commands say of archives. */
@ApplicationScoped
class Archives {
  private static final Logger LOG = Logger.getLogger(Archives.class);

  private final Declarations declarations;

  Archives(Declarations declarations) {
    this.declarations = declarations;
  }

  void declared(CommandRecord record) {
    if (declarations.take(
        new Declarations.Signed(record.value(), record.keyId(), record.signature()))) {
      LOG.infof("the archive of cluster %s was declared anew", record.key());
    }
  }

  void observe(ObserveArchive command) {
    LOG.debugf("asked to look at the archive of %s", command.cluster().name());
  }
}
