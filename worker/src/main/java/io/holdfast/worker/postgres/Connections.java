package io.holdfast.worker.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Opens JDBC connections. The caller closes them. Names reach the driver as values, never as parts
 * of a URL that somebody parses.
 *
 * @param connectTimeout for TCP, TLS and login together
 * @param socketTimeout how long one answer may take; zero for ever
 */
public record Connections(Duration connectTimeout, Duration socketTimeout) {
  public static final String APPLICATION_NAME = "holdfast";

  /** For work: patient with answers, because counting a large table takes its time. */
  public static Connections patient() {
    return new Connections(Duration.ofSeconds(15), Duration.ZERO);
  }

  /** For probes: a node that does not answer soon is treated as unreachable. */
  public static Connections brisk() {
    return new Connections(Duration.ofSeconds(3), Duration.ofSeconds(5));
  }

  public Connection open(Server server, String database) throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    if (server.host().startsWith("/")) {
      // As libpq takes it: a host that is a path is the folder of a Unix domain socket.
      source.setServerNames(new String[] {"localhost"});
      source.setSocketFactory(UnixSocketFactory.class.getName());
      source.setSocketFactoryArg(server.host() + "/.s.PGSQL." + server.port());
    } else {
      source.setServerNames(new String[] {server.host()});
    }
    source.setPortNumbers(new int[] {server.port()});
    source.setDatabaseName(database);
    source.setUser(server.login().username());
    if (server.login().password() != null) {
      source.setPassword(server.login().password());
    }
    source.setSslMode(server.sslMode());
    source.setApplicationName(APPLICATION_NAME);
    source.setConnectTimeout(seconds(connectTimeout));
    source.setLoginTimeout(seconds(connectTimeout));
    source.setSocketTimeout(seconds(socketTimeout));
    source.setTcpKeepAlive(true);
    return source.getConnection();
  }

  private static int seconds(Duration duration) {
    return Math.toIntExact(duration.toSeconds());
  }
}
