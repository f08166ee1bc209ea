package io.holdfast.worker.job;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What an operator tells a worker. See {@code docs/operations} for every key. */
@ConfigMapping(prefix = "holdfast.worker")
public interface WorkerConfig {
  /** A name for events and people; unique. Default: host name and a random suffix. */
  Optional<String> id();

  @WithDefault("default")
  String pool();

  /** Key id -> Ed25519 public key, X.509 DER in Base64. Commands signed by no other are refused. */
  Map<String, String> trustedKeys();

  /** Logins and keys, by reference name. */
  Optional<Path> credentialsFile();

  /**
   * For throw-away servers of verifications, dumps in directory format and parallel restores; else
   * nothing lies on the worker's disk. Workers may share it. What a killed worker left is removed
   * when one starts.
   */
  @WithDefault("${java.io.tmpdir}/holdfast-worker")
  Path scratchDirectory();

  /**
   * What must survive the worker: how the clusters it archives are declared. Durable, and not
   * emptied at a restart of the host; workers may share it.
   */
  @WithDefault("${user.home}/.holdfast/worker")
  Path stateDirectory();

  /**
   * Where servers on this host push WAL, on 127.0.0.1; 0: this worker takes none. Of several
   * workers on one host the first has the port, and another takes over when it ends.
   */
  @WithDefault("9002")
  int walPort();

  @WithDefault("2")
  int maxJobs();

  /** Where the majors of PostgreSQL are installed: {@code <directory>/<major>/bin}. */
  @WithDefault("/usr/lib/postgresql")
  String postgresDirectories();

  /**
   * How long running jobs may go on when the worker is asked to end. Then they are stopped, and
   * another worker begins them anew, which does not count as an attempt.
   */
  @WithDefault("10s")
  Duration drain();

  /**
   * How long restores may go on, if longer: nobody begins a restore anew. Whoever ends the worker
   * must wait for this and for {@link #shutdownGrace()} before it is killed.
   */
  @WithDefault("10s")
  Duration drainRestores();

  /** How long jobs that are stopped then may take to stop and be reported. */
  @WithDefault("20s")
  Duration shutdownGrace();
}
