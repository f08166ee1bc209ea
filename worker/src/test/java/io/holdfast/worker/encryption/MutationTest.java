package io.holdfast.worker.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.holdfast.embedded.gpg.GnuPg;
import io.holdfast.model.SecretRef;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.encryption.EncryptedCluster.Worker;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Somebody who may write to the repository, and has no keys, changes objects of encrypted backups
 * and of encrypted WAL in every way: each change is found by every verification and refused by
 * every restore.
 */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class MutationTest {
  private static final int MUTATIONS = 1000;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);
  private EncryptedCluster cluster;
  private GnuPg gpg;
  private Worker worker;
  private final List<Pair> pairs = new ArrayList<>();
  private final List<MutatedArchive> archives = new ArrayList<>();

  /** Two backups of one kind: the objects of the second are put in the place of the first's. */
  private record Pair(Manifest victim, Manifest other) {}

  @BeforeAll
  void backUp() throws IOException {
    cluster = new EncryptedCluster();
    gpg = new GnuPg();
    gpg.generate("auditor", "", "never");
    gpg.generate("signer", "", "never");
    worker =
        cluster.worker(
            cluster
                .keys()
                .envelope("kek")
                .secret("auditor", gpg, "", false)
                .secret("signer", gpg, "", true));
    SourceSpec dump =
        new LogicalSourceSpec(null, List.of("shop"), null, null, null, null, null, null, 0, null);
    for (EncryptionSpec kind :
        List.of(
            new EncryptionSpec.Envelope(new SecretRef("kek")),
            new EncryptionSpec.OpenPgp(
                List.of(new SecretRef("auditor")), new SecretRef("signer")))) {
      for (SourceSpec source : List.of(dump, new PhysicalSourceSpec(null))) {
        pairs.add(new Pair(worker.backUp(source, kind), worker.backUp(source, kind)));
      }
      archives.add(new MutatedArchive(cluster.repository(), worker, kind, archives.size()));
    }
  }

  @AfterAll
  void stop() {
    gpg.close();
    cluster.close();
  }

  @Test
  void everyMutationIsFoundAndRefused() throws IOException {
    System.out.println("MutationTest: seed " + seed);
    int victims = pairs.size() + archives.size();
    for (int i = 0; i < MUTATIONS; i++) {
      int victim = i % victims;
      if (victim >= pairs.size()) {
        archives.get(victim - pairs.size()).mutate(i / victims, random, "seed " + seed);
        continue;
      }
      Pair pair = pairs.get(victim);
      List<Path> files = objects(pair.victim());
      Path file = files.get(random.nextInt(files.size()));
      Mutation kind = Mutation.values()[i / victims % Mutation.values().length];
      if (kind == Mutation.EDIT_AND_DIGEST) {
        file = folder(pair.victim()).resolve("manifest.json");
      }
      mutate(pair, kind, file);
    }
    for (MutatedArchive archive : archives) {
      archive.requireWhole();
    }
    for (Pair pair : pairs) {
      assertThat(worker.verify(pair.victim().backupId(), VerificationLevel.STRUCTURE)).isNotNull();
    }
  }

  private void mutate(Pair pair, Mutation kind, Path file) throws IOException {
    Path folder = folder(pair.victim());
    Path counterpart = counterpart(pair, file);
    Path sums = folder.resolve(pair.victim().runId() + "/SHA256SUMS");
    byte[] before = Files.readAllBytes(file);
    byte[] sumsBefore = Files.readAllBytes(sums);
    String what = kind + " of " + folder.relativize(file) + ", seed " + seed;
    if (!kind.apply(file, counterpart, folder, random)) {
      return;
    }
    try {
      VerificationLevel level =
          random.nextInt(4) == 0 ? VerificationLevel.STRUCTURE : VerificationLevel.CHECKSUM;
      assertRefused(what, () -> worker.verify(pair.victim().backupId(), level));
      if (pair.victim().wal() != null) {
        assertRefused(what, () -> worker.restore(pair.victim(), "never"));
        assertThat(cluster.folder.resolve("restores/never")).as(what).doesNotExist();
      } else {
        assertRefused(
            what, () -> worker.verify(pair.victim().backupId(), VerificationLevel.RESTORE));
      }
    } finally {
      try (Stream<Path> now = Files.walk(file.getParent())) {
        for (Path renamed : now.filter(each -> each.toString().endsWith(".away")).toList()) {
          Files.delete(renamed);
        }
      }
      Files.write(file, before);
      Files.write(sums, sumsBefore);
    }
  }

  private static void assertRefused(String what, Runnable action) {
    try {
      action.run();
    } catch (JobFailure refused) {
      return;
    }
    fail("not found: " + what);
  }

  private Path folder(Manifest manifest) {
    return cluster.backup(manifest.backupId());
  }

  /** Everything of a backup but the claims, which say nothing of its content. */
  private List<Path> objects(Manifest manifest) throws IOException {
    Path folder = folder(manifest);
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(folder.resolve("claims")))
          .sorted()
          .toList();
    }
  }

  /** The object of the other backup that plays the same part. */
  private Path counterpart(Pair pair, Path file) throws IOException {
    String place = folder(pair.victim()).relativize(file).toString();
    int position = objects(pair.victim()).indexOf(file);
    List<Path> others = objects(pair.other());
    assertThat(others).as(place).hasSameSizeAs(objects(pair.victim()));
    return others.get(position);
  }

  /** What is done to an object. */
  enum Mutation {
    FLIP {
      @Override
      boolean apply(Path file, Path counterpart, Path backup, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);
        return true;
      }
    },
    CUT {
      @Override
      boolean apply(Path file, Path counterpart, Path backup, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)));
        return true;
      }
    },
    APPEND {
      @Override
      boolean apply(Path file, Path counterpart, Path backup, Random random) throws IOException {
        byte[] more = new byte[1 + random.nextInt(100)];
        random.nextBytes(more);
        Files.write(file, more, java.nio.file.StandardOpenOption.APPEND);
        return true;
      }
    },
    SWAP {
      @Override
      boolean apply(Path file, Path counterpart, Path backup, Random random) throws IOException {
        if (Files.mismatch(file, counterpart) < 0) {
          return false;
        }
        Files.write(file, Files.readAllBytes(counterpart));
        return true;
      }
    },
    DELETE {
      @Override
      boolean apply(Path file, Path counterpart, Path backup, Random random) throws IOException {
        Files.delete(file);
        return true;
      }
    },
    RENAME {
      @Override
      boolean apply(Path file, Path counterpart, Path backup, Random random) throws IOException {
        Files.move(file, file.resolveSibling(file.getFileName() + ".away"));
        return true;
      }
    },
    EDIT_AND_DIGEST {
      @Override
      boolean apply(Path file, Path counterpart, Path backup, Random random) throws IOException {
        List<String[]> edits =
            List.of(
                new String[] {"\"structureChecked\" : true", "\"structureChecked\" : false"},
                new String[] {"\"attempt\" : 1", "\"attempt\" : 0"},
                new String[] {"\"createdBy\" : \"", "\"createdBy\" : \"x"},
                new String[] {"\"encryption\" : \\{", "\"forgotten\" : {"},
                new String[] {"\"plainBytes\" : ", "\"plainBytes\" : 1"},
                new String[] {"\"codec\" : \"ZSTD\"", "\"codec\" : \"NONE\""});
        String[] edit = edits.get(random.nextInt(edits.size()));
        Forgery.edit(backup, text -> text.replaceFirst(edit[0], edit[1]));
        return true;
      }
    };

    /**
     * @return whether anything is different now
     */
    abstract boolean apply(Path file, Path counterpart, Path backup, Random random)
        throws IOException;
  }

  @Test
  void theTestItselfFindsAMutationThatIsNotRefused() {
    assertThatThrownBy(() -> assertRefused("nothing", () -> {})).hasMessage("not found: nothing");
  }
}
