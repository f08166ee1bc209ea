package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.postgres.PostgresCluster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Bits that change in a repository (fault 13): every verification and every restore notices. */
@TestInstance(Lifecycle.PER_CLASS)
class FlippedBytesTest {
  private static final int FLIPS_OF_EACH_METHOD = 110;

  private final Fleet fleet = Fleet.shared();
  private final Random random = new Random();
  private PostgresCluster cluster;
  private String name;

  @BeforeAll
  void declare() {
    long seed = new Random().nextLong();
    System.out.println("FlippedBytesTest: seed " + seed);
    random.setSeed(seed);
    cluster = fleet.startCluster(0);
    cluster.primary().execute("CREATE DATABASE shop", "CREATE ROLE keeper");
    cluster
        .primary()
        .executeIn(
            "shop", "CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1,999) i");
    name = fleet.declare(cluster, fleet.filesystemRepository(), true);
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  void findsEveryFlippedByteOfALogicalBackup() throws IOException {
    String backup = fleet.backedUp(name, "{\"method\":\"LOGICAL\"}");
    String restore =
        "{\"backupId\":\"%s\",\"dryRun\":true,\"logical\":{\"targetCluster\":\"%s\"}}"
            .formatted(backup, name);

    flipAll(backup, restore);

    fleet.assertAlwaysTrue(name);
  }

  @Test
  void findsEveryFlippedByteOfAPhysicalBackup() throws IOException {
    String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
    Path target = fleet.restoreRoot().resolve("flipped");
    String restore =
        "{\"backupId\":\"%s\",\"physical\":{\"directory\":\"%s\"}}".formatted(backup, target);

    flipAll(backup, restore);

    assertThat(target).doesNotExist();
    fleet.assertAlwaysTrue(name);
  }

  private void flipAll(String backup, String restore) throws IOException {
    Path folder = folderOf(backup);
    List<Path> artifacts = new ArrayList<>();
    List<Path> guards = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(folder.resolve("claims")))
          .forEach(file -> (isGuard(file) ? guards : artifacts).add(file));
    }
    assertThat(guards).hasSize(2);
    assertThat(artifacts).hasSizeGreaterThanOrEqualTo(4);
    int flips = 0;
    for (int round = 0; flips < FLIPS_OF_EACH_METHOD; round++) {
      flips += flipInEach(backup, artifacts, restore, artifacts.get(round % artifacts.size()));
      flips += flipInEach(backup, List.of(guards.get(round % 2)), restore, guards.get(round % 2));
    }
  }

  private static boolean isGuard(Path file) {
    return file.endsWith("manifest.json") || file.endsWith("SHA256SUMS");
  }

  /** A byte of each at once, all of which are named; then one alone, which a restore refuses. */
  private int flipInEach(String backup, List<Path> files, String restore, Path alone)
      throws IOException {
    List<Flip> flips = new ArrayList<>();
    for (Path file : files) {
      flips.add(Flip.in(file, random));
    }
    try {
      JsonNode verified =
          fleet.finish(
              fleet.start(
                  "/backups/" + backup + "/verifications",
                  random.nextInt(5) == 0
                      ? "{\"level\":\"STRUCTURE\"}"
                      : "{\"level\":\"CHECKSUM\"}"));
      assertThat(verified.path("state").asText()).as(flips.toString()).isEqualTo("FAILED");
      if (files.size() > 1) {
        for (Path file : files) {
          assertThat(verified.path("problem").path("detail").asText())
              .as(flips.toString())
              .contains(file.getFileName().toString());
        }
      }
      for (Flip flip : flips) {
        if (!flip.file().equals(alone)) {
          flip.putBack();
        }
      }
      JsonNode restored = fleet.finish(fleet.start("/restores", restore));
      assertThat(restored.path("state").asText()).as(flips.toString()).isEqualTo("FAILED");
      assertThat(restored.path("problem").path("code").asText())
          .as(restored.toString())
          .isIn("ARTIFACT_DAMAGED", "MANIFEST_UNREADABLE");
    } finally {
      for (Flip flip : flips) {
        flip.putBack();
      }
    }
    return flips.size();
  }

  private Path folderOf(String backup) {
    return fleet
        .stack()
        .repositoriesRoot()
        .resolve("files/clusters/" + name + "/backups/" + backup);
  }

  /** One bit of one byte of a file, changed in place. */
  private record Flip(Path file, long offset, byte before) {
    static Flip in(Path file, Random random) throws IOException {
      long offset = random.nextLong(Files.size(file));
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        ByteBuffer one = ByteBuffer.allocate(1);
        assertThat(channel.read(one, offset)).isEqualTo(1);
        Flip flip = new Flip(file, offset, one.get(0));
        flip.write((byte) (flip.before ^ 1 << random.nextInt(8)));
        return flip;
      }
    }

    void putBack() throws IOException {
      write(before);
    }

    private void write(byte value) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        assertThat(channel.write(ByteBuffer.wrap(new byte[] {value}), offset)).isEqualTo(1);
      }
    }
  }
}
