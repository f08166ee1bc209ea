package io.holdfast.model.wire;

import io.holdfast.model.BackupId;
import io.holdfast.model.JobId;
import io.holdfast.model.Lsn;
import io.holdfast.model.job.WalRange;
import java.time.Instant;

/** What the samples of commands and of events have in common. */
final class GoldenValues {
  static final Instant AT = Instant.parse("2026-11-21T04:05:06.789Z");
  static final JobId JOB = new JobId("01a1fc90-9e4c-706d-a22a-50bc7364c0ea");
  static final BackupId BACKUP = new BackupId("01a1fc90-a296-79a1-b9a2-9b81d1acafe1");
  static final WalRange WAL =
      new WalRange(
          "7341234567890123456", 1, 16_777_216, Lsn.parse("0/1000000"), Lsn.parse("2A/1E000000"));

  private GoldenValues() {}
}
