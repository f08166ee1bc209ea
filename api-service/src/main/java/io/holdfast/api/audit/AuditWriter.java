package io.holdfast.api.audit;

import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.ZoneOffset;
import java.util.List;

/** Inserts audit rows; in the current transaction when there is one. */
@ApplicationScoped
public class AuditWriter {
  private static final String INSERT =
      "insert into audit (kind, at, key_id, method, operation, target, status, trace_id)"
          + " values (?, ?, ?, ?, ?, ?, ?, ?)";

  @Inject AgroalDataSource catalog;

  void write(List<AuditEntry> entries) throws SQLException {
    try (Connection connection = catalog.getConnection();
        PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (AuditEntry entry : entries) {
        insert.setString(1, entry.kind());
        insert.setObject(2, entry.at().atOffset(ZoneOffset.UTC));
        insert.setString(3, entry.keyId());
        insert.setString(4, entry.method());
        insert.setString(5, entry.operation());
        insert.setString(6, entry.target());
        insert.setObject(7, entry.status(), Types.INTEGER);
        insert.setString(8, entry.traceId());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }
}
