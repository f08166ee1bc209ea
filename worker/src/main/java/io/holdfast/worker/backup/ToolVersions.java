package io.holdfast.worker.backup;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import java.util.LinkedHashMap;
import java.util.Map;

/** What wrote the dumps, for whoever restores them by hand years later. */
final class ToolVersions {
  private ToolVersions() {}

  static Map<String, String> of(PgTools programs, int major, String... names) {
    Map<String, String> versions = new LinkedHashMap<>();
    for (String name : names) {
      versions.put(
          name,
          ChildProcess.output(
                  ChildCommand.of(programs.client(name, major), "--version"),
                  1000,
                  (exit, complaint) ->
                      new JobFailure(
                          ErrorCode.TOOLS_MISSING,
                          exit + ": " + complaint,
                          "install PostgreSQL's client programs anew"))
              .strip());
    }
    return versions;
  }
}
