package io.holdfast.worker.verify;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.worker.failure.JobFailure;
import java.util.List;

/** Restores into a throw-away server and compares what came back with what was recorded. */
final class RestoreProof {
  RestoreProof(VerifyRooms rooms) {}

  List<Finding> prove(StoredBackup backup) {
    throw new JobFailure(
        ErrorCode.TOOLS_MISSING,
        "this worker cannot restore into a throw-away server",
        "use level STRUCTURE, or a worker of a newer version");
  }
}
