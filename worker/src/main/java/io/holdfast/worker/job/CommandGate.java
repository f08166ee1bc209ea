package io.holdfast.worker.job;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.JobId;
import io.holdfast.model.Problem;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.wire.CommandVerifier;
import io.holdfast.model.wire.Wire;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Decides whether a record is a command that this worker may act on. Write access to Kafka is not
 * power over databases: only what a trusted key signed, for this pool, and in time, passes. What a
 * command may touch is decided later and again, where secrets and roots are resolved. Thread-safe.
 */
final class CommandGate {
  private static final int REMEMBERED = 10_000;

  private final String pool;
  private final CommandVerifier verifier;
  private final Clock clock;
  private final Set<String> seen =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > REMEMBERED;
            }
          });

  CommandGate(String pool, CommandVerifier verifier, Clock clock) {
    this.pool = pool;
    this.verifier = verifier;
    this.clock = clock;
  }

  /** What was found. */
  sealed interface Verdict {
    record Pass(JobCommand command) implements Verdict {}

    /**
     * @param jobId null when the record names none
     * @param attempt null likewise
     */
    record Refused(JobId jobId, Integer attempt, boolean authentic, Problem problem)
        implements Verdict {}

    /** Not a command at all. */
    record Unreadable(boolean authentic, String reason) implements Verdict {}
  }

  Verdict check(byte[] value, String keyId, String signature) {
    if (value == null) {
      return new Verdict.Unreadable(false, "the record has no value");
    }
    boolean authentic = verifier.accepts(keyId, signature, value);
    JobCommand command;
    try {
      command = Wire.read(value, JobCommand.class);
    } catch (RuntimeException unreadable) {
      // The parser's message may quote the record: say only that it failed.
      return new Verdict.Unreadable(authentic, "the value is not a command of a known version");
    }
    if (command == null || command.header() == null) {
      return new Verdict.Unreadable(authentic, "the command has no header");
    }
    if (!authentic) {
      return refused(
          command,
          false,
          "the command is not signed by a key that this worker trusts",
          "compare holdfast.worker.trusted-keys with the API's signing key; if they agree,"
              + " somebody else writes to the commands topic");
    }
    if (!pool.equals(command.header().pool())) {
      return refused(
          command,
          true,
          "the command is for pool '"
              + command.header().pool()
              + "', this worker is of '"
              + pool
              + "'",
          "somebody copies records between the topics of two pools");
    }
    return inTime(command);
  }

  /** Whether it may still be acted on; asked again after waiting for room. */
  Verdict inTime(JobCommand command) {
    if (clock.instant().isAfter(command.header().expiresAt())) {
      return refused(
          command,
          true,
          "the command expired at " + command.header().expiresAt(),
          "compare the clocks of API and worker; or all workers of the pool were busy or away");
    }
    return new Verdict.Pass(command);
  }

  /** Whether this is the first time; a record may be delivered more than once. */
  synchronized boolean firstTime(JobCommand command) {
    boolean fresh = seen.add(command.header().commandId());
    if (command instanceof JobCommand.RunJob run) {
      return seen.add(run.jobId() + "#" + run.attempt()) && fresh;
    }
    return fresh;
  }

  private static Verdict refused(
      JobCommand command, boolean authentic, String detail, String hint) {
    Problem problem = Problem.of(ErrorCode.COMMAND_REFUSED, detail, hint);
    return switch (command) {
      case JobCommand.RunJob run ->
          new Verdict.Refused(run.jobId(), run.attempt(), authentic, problem);
      case JobCommand.CancelJob cancel ->
          new Verdict.Refused(cancel.jobId(), cancel.attempt(), authentic, problem);
      case JobCommand.ObserveTopology observe ->
          new Verdict.Refused(null, null, authentic, problem);
      case JobCommand.ArchiveCluster archive -> new Verdict.Refused(null, null, authentic, problem);
      case JobCommand.ObserveArchive observe -> new Verdict.Refused(null, null, authentic, problem);
    };
  }
}
