package io.holdfast.worker.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.encryption.EncryptedCluster.Worker;
import io.holdfast.worker.encryption.MutationTest.Mutation;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalObject;
import io.holdfast.worker.wal.WalStore;
import io.holdfast.worker.wal.fetch.Segments;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Encrypted WAL of two clusters: the objects of the second are put in the place of the first's. */
final class MutatedArchive {
  private static final int SEGMENTS = 3;
  private static final int LABEL_HEADER = 8;

  private final Path repository;
  private final Worker worker;
  private final WalLayout victim;
  private final WalLayout other;
  private final Map<WalFileName, byte[]> contents = new LinkedHashMap<>();

  MutatedArchive(Path repository, Worker worker, EncryptionSpec encryption, int number)
      throws IOException {
    this.repository = repository;
    this.worker = worker;
    String system = Segments.LAYOUT.systemIdentifier();
    this.victim = new WalLayout("victim-" + number, system);
    this.other = new WalLayout("other-" + number, system);
    for (int segment = 1; segment <= SEGMENTS; segment++) {
      WalFileName name = Segments.name(segment);
      contents.put(name, Segments.content(name, (char) ('a' + segment)));
    }
    contents.put(
        WalFileName.history(2), "1\t0/300000\tfailover\n".getBytes(StandardCharsets.UTF_8));
    for (WalLayout layout : List.of(victim, other)) {
      WalStore store = store(layout, encryption);
      for (Map.Entry<WalFileName, byte[]> file : contents.entrySet()) {
        put(store, file.getKey(), file.getValue());
      }
    }
  }

  private WalStore store(WalLayout layout, EncryptionSpec encryption) {
    return new WalStore(
        new FilesystemRepository(repository),
        layout,
        worker.seals(),
        encryption,
        Clock.systemUTC());
  }

  private static void put(WalStore store, WalFileName file, byte[] content) throws IOException {
    WalStore.Stored stored =
        store.put(file, store.encode(file, new ByteArrayInputStream(content), content.length, 1));
    assertThat(stored.outcome()).isEqualTo(WalStore.Outcome.STORED);
  }

  void requireWhole() {
    WalStore store = store(victim, null).encryptedOnly();
    contents.forEach((file, content) -> assertThat(store.get(file)).contains(content));
  }

  /** Changes one object, asks for what it holds, and puts it back. */
  void mutate(int round, Random random, String seed) throws IOException {
    Mutation kind = Mutation.values()[round % Mutation.values().length];
    List<Path> objects = objects(victim);
    boolean edit = kind == Mutation.EDIT_AND_DIGEST;
    Path object = edit ? segment(random) : objects.get(random.nextInt(objects.size()));
    Path counterpart = objects(other).get(objects.indexOf(object));
    byte[] before = Files.readAllBytes(object);
    String what = kind + " of " + repository.relativize(object) + ", " + seed;
    if (edit) {
      Files.write(object, edited(object, before, counterpart, random));
    } else if (!kind.apply(object, counterpart, null, random)) {
      return;
    }
    try {
      boolean gone = !Files.exists(object);
      if (object.toString().endsWith(".json")) {
        contents.keySet().forEach(file -> requireRefused(what, file, false));
      } else {
        requireRefused(what, file(object), gone);
      }
    } finally {
      Files.deleteIfExists(object.resolveSibling(object.getFileName() + ".away"));
      Files.write(object, before);
    }
  }

  /**
   * @param gone then "the archive has no such file" is the answer that tells
   */
  private void requireRefused(String what, WalFileName file, boolean gone) {
    Optional<byte[]> read;
    try {
      read = store(victim, null).encryptedOnly().get(file);
    } catch (JobFailure refused) {
      return;
    }
    if (!gone || read.isPresent()) {
      fail("not found: " + what);
    }
  }

  private Path segment(Random random) {
    return repository.resolve(victim.key(Segments.name(1 + random.nextInt(SEGMENTS))));
  }

  private static WalFileName file(Path object) {
    return WalLayout.file(object.toString()).orElseThrow();
  }

  /** What somebody makes who knows the format: with digests that fit. */
  private byte[] edited(Path object, byte[] before, Path counterpart, Random random)
      throws IOException {
    WalFileName file = file(object);
    return switch (random.nextInt(4)) {
      case 0 -> // his own segment, not encrypted
          WalObject.encode(
                  victim,
                  file,
                  new ByteArrayInputStream(Segments.content(file, 'z')),
                  contents.get(file).length,
                  1,
                  victim.key(file),
                  Seal.none())
              .object();
      case 1 -> // another segment of this archive, under this one's name
          relabelled(
              Files.readAllBytes(
                  repository.resolve(
                      victim.key(Segments.name(file.equals(Segments.name(1)) ? 2 : 1)))),
              file,
              null);
      case 2 -> // what another cluster has under this name, said to be this one's
          relabelled(Files.readAllBytes(counterpart), file, null);
      default -> {
        byte[] body = body(before);
        body[random.nextInt(body.length)] ^= 1;
        yield relabelled(before, file, body);
      }
    };
  }

  private static byte[] body(byte[] object) {
    int label = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    return Arrays.copyOfRange(object, LABEL_HEADER + label, object.length);
  }

  /**
   * @param changed null: the body as it is
   */
  private byte[] relabelled(byte[] object, WalFileName file, byte[] changed) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
    int length = header.getInt(4);
    byte[] body = changed == null ? body(object) : changed;
    String label =
        new String(object, LABEL_HEADER, length, StandardCharsets.UTF_8)
            .replaceFirst("\"cluster\":\"[^\"]*\"", "\"cluster\":\"" + victim.cluster() + "\"")
            .replaceFirst("\"file\":\"[^\"]*\"", "\"file\":\"" + file + "\"")
            .replaceFirst(
                "(\"stored\":\\{\"bytes\":[0-9]+,\"sha256\":\")[0-9a-f]{64}",
                "$1" + Forgery.sha256(body));
    byte[] text = label.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream forged = new ByteArrayOutputStream();
    forged.write(
        ByteBuffer.allocate(LABEL_HEADER)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(header.getInt(0))
            .putInt(text.length)
            .array());
    forged.write(text);
    forged.write(body);
    return forged.toByteArray();
  }

  /** Everything of an archive, wrapped keys included. */
  private List<Path> objects(WalLayout layout) throws IOException {
    try (Stream<Path> all = Files.walk(repository.resolve(layout.folder()))) {
      return new ArrayList<>(all.filter(Files::isRegularFile).sorted().toList());
    }
  }
}
