package io.holdfast.worker.job;

import io.holdfast.model.wire.CommandVerifier;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.node.NodeProbe;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.LibpqEnvironment;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.RepositoryFactory;
import io.holdfast.worker.repository.configured.ConfiguredRepositories;
import io.holdfast.worker.scratch.Scratch;
import io.holdfast.worker.secret.Credentials;
import io.holdfast.worker.wal.archive.ArchiveAlarms;
import io.holdfast.worker.wal.archive.Declarations;
import io.holdfast.worker.wal.archive.OpenArchives;
import io.holdfast.worker.wal.stream.Streams;
import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Makes of the configuration what the rooms need. */
@ApplicationScoped
class Wiring {
  private static final Logger LOG = Logger.getLogger(Wiring.class);

  @Produces
  @Singleton
  @DefaultBean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  WorkerIdentity identity(
      WorkerConfig config, @ConfigProperty(name = "quarkus.application.version") String version) {
    return new WorkerIdentity(config.id().orElseGet(Wiring::someName), config.pool(), version);
  }

  @Produces
  @Singleton
  CommandGate gate(WorkerConfig config, Clock clock) {
    return new CommandGate(config.pool(), CommandVerifier.of(config.trustedKeys()), clock);
  }

  @Produces
  @Singleton
  JobRunner runner(
      WorkerIdentity identity, WorkerConfig config, JobBody body, EventSender events, Clock clock) {
    return new JobRunner(
        identity.id(),
        config.maxJobs(),
        body,
        events,
        new Cancellations(),
        clock,
        System::nanoTime);
  }

  @Produces
  @Singleton
  Credentials credentials(WorkerConfig config) {
    return new Credentials(
        config.credentialsFile().orElseGet(() -> Path.of("holdfast-credentials.yaml")));
  }

  @Produces
  @Singleton
  RepositoryFactory repositories(Credentials credentials) {
    return new ConfiguredRepositories(credentials, Waiter.real());
  }

  @Produces
  @Singleton
  NodeProbe nodes(Credentials credentials, Clock clock) {
    return new NodeProbe(Connections.brisk(), credentials, clock);
  }

  @Produces
  @Singleton
  Declarations declarations(WorkerConfig config) {
    CommandVerifier verifier = CommandVerifier.of(config.trustedKeys());
    return Declarations.open(
        config.stateDirectory(),
        signed -> verifier.accepts(signed.keyId(), signed.signature(), signed.value()));
  }

  @Produces
  @Singleton
  OpenArchives archives(
      Declarations declarations,
      RepositoryFactory repositories,
      Credentials credentials,
      NodeProbe nodes,
      ArchiveAlarms alarms) {
    Seals seals = new Seals(new Keyring(credentials));
    return new OpenArchives(declarations, repositories, seals, nodes::probe, alarms);
  }

  @Produces
  @Singleton
  Streams streams(
      Declarations declarations,
      OpenArchives archives,
      NodeProbe nodes,
      Credentials credentials,
      Clock clock) {
    return new Streams(declarations, archives, nodes::probe, credentials, clock, Waiter.real());
  }

  /** Also removes password files that a killed worker left. */
  @Produces
  @Singleton
  Scratch scratch(WorkerConfig config) {
    LibpqEnvironment.removeLeftBehind();
    return Scratch.open(config.scratchDirectory());
  }

  /** At the start, not with the first job: what was left behind should not wait for one. */
  void start(@Observes StartupEvent started, Scratch scratch) {
    LOG.infof("what cannot be streamed goes through %s", scratch.folder());
  }

  void closeScratch(@Disposes Scratch scratch) throws IOException {
    scratch.close();
  }

  private static String someName() {
    String random = UUID.randomUUID().toString().substring(0, 8);
    try {
      return InetAddress.getLocalHost().getHostName() + "-" + random;
    } catch (UnknownHostException nameless) {
      return "worker-" + random;
    }
  }
}
