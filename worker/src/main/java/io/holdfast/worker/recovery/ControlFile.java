package io.holdfast.worker.recovery;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code global/pg_control} says. Its layout up to here is the same from PostgreSQL 13 to 18.
 * Read here because {@code pg_controldata} writes for people, in their language.
 *
 * @param redo where recovery will begin when the server is started next
 * @param parameters what a server that recovers must be given at the least, or it does not answer
 *     queries; values of the server that wrote the WAL
 * @see <a
 *     href="https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_control.h">ControlFileData</a>
 */
record ControlFile(Lsn redo, Map<String, Integer> parameters) {
  private static final int REDO_AT = 40;
  private static final int PARAMETERS_AT = 180;
  private static final List<String> PARAMETERS =
      List.of(
          "max_connections",
          "max_worker_processes",
          "max_wal_senders",
          "max_prepared_transactions",
          "max_locks_per_transaction");

  static ControlFile read(Path data) {
    try {
      ByteBuffer bytes =
          ByteBuffer.wrap(Files.readAllBytes(data.resolve("global/pg_control")))
              .order(ByteOrder.LITTLE_ENDIAN);
      Map<String, Integer> parameters = new LinkedHashMap<>();
      for (int i = 0; i < PARAMETERS.size(); i++) {
        parameters.put(PARAMETERS.get(i), bytes.getInt(PARAMETERS_AT + 4 * i));
      }
      return new ControlFile(new Lsn(bytes.getLong(REDO_AT)), parameters);
    } catch (IOException | IndexOutOfBoundsException e) {
      throw new JobFailure(
          ErrorCode.RESTORE_FAILED,
          "the copy's pg_control cannot be read: " + e.getMessage(),
          "Look at the target's disk.",
          e);
    }
  }

  /** As {@code name=value}. */
  List<String> settings() {
    List<String> settings = new ArrayList<>();
    parameters.forEach((name, value) -> settings.add(name + "=" + value));
    return settings;
  }
}
