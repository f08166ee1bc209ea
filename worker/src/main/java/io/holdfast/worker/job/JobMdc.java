package io.holdfast.worker.job;

import io.holdfast.model.command.JobCommand.RunJob;
import io.holdfast.model.job.JobSpec;
import org.jboss.logging.MDC;

/** Who and where, as keys of every log line of a job's thread. */
final class JobMdc {
  private JobMdc() {}

  static void put(RunJob command) {
    MDC.put("jobId", command.jobId().value());
    MDC.put("attempt", command.attempt());
    MDC.put("repository", command.spec().repository().name());
    String cluster =
        switch (command.spec()) {
          case JobSpec.Backup backup -> backup.cluster().name();
          case JobSpec.Restore restore -> restore.sourceCluster();
          case JobSpec.Verify verify -> verify.sourceCluster();
          case JobSpec.Check check -> check.cluster().name();
          case JobSpec.Probe probe -> null;
          case JobSpec.RestorePoint point -> point.cluster().name();
          case JobSpec.Drill drill -> drill.sourceCluster();
          case JobSpec.Copy copy -> copy.sourceCluster();
          case JobSpec.CopyWal copy -> copy.sourceCluster();
          case JobSpec.RotateKeys rotate -> rotate.cluster();
          case JobSpec.Scan scan -> null;
          case JobSpec.Expire expire -> expire.cluster();
          case JobSpec.LegalHold hold -> hold.cluster();
          case JobSpec.Reencrypt reencrypt -> reencrypt.sourceCluster();
          case JobSpec.ReencryptWal reencrypt -> reencrypt.cluster();
        };
    if (cluster != null) {
      MDC.put("cluster", cluster);
    }
  }
}
