package io.holdfast.bench;

import io.holdfast.embedded.gpg.GnuPg;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** What encryption adds to a base backup, and what {@code gpg} in a pipe does. */
final class EncryptedBackups {
  private static final String BACKUP =
      "{\"method\":\"PHYSICAL\",\"compression\":{\"codec\":\"ZSTD\",\"level\":3,\"workers\":2}}";

  private final BenchStage stage;

  EncryptedBackups(BenchStage stage) {
    this.stage = stage;
  }

  String run(int repetitions) {
    try (GnuPg gpg = new GnuPg()) {
      gpg.generate("bench", "", "never");
      Path key = stage.folder().resolve("bench.key");
      byte[] random = new byte[32];
      new SecureRandom().nextBytes(random);
      Files.writeString(key, Base64.getEncoder().encodeToString(random) + "\n");
      stage.declareEncrypted(
          "bench-envelope", "{\"type\":\"ENVELOPE\",\"envelope\":{\"key\":\"bench\"}}", key, gpg);
      stage.declareEncrypted(
          "bench-openpgp",
          "{\"type\":\"OPENPGP\",\"openPgp\":{\"recipients\":[\"bench\"],\"signer\":\"bench\"}}",
          key,
          gpg);
      Interleaved contenders =
          new Interleaved(
              "Base backup to a directory, zstd level 3, two compression threads, encrypted",
              stage.times());
      contenders.add("Holdfast, not encrypted", () -> holdfast("bench"));
      contenders.add("Holdfast, ENVELOPE", () -> holdfast("bench-envelope"));
      contenders.add("Holdfast, OPENPGP", () -> holdfast("bench-openpgp"));
      contenders.add("pg_basebackup piped into zstd -3 -T2", () -> pipe("", gpg));
      contenders.add(
          "pg_basebackup piped into zstd -3 -T2, into gpg --encrypt",
          () ->
              pipe(
                  " | gpg --batch --quiet --trust-model always --compress-algo none"
                      + " --cipher-algo AES256 --recipient bench --encrypt",
                  gpg));
      return contenders.run(repetitions).markdown();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long holdfast(String cluster) {
    return stage.backup(cluster, BACKUP).path("storedBytes").asLong();
  }

  private long pipe(String encrypted, GnuPg gpg) {
    Path folder = Folders.in(stage.folder(), "peer");
    Map<String, String> environment = new HashMap<>(stage.libpq());
    environment.put("GNUPGHOME", gpg.home().toString());
    String file = folder.resolve("base.tar.zst").toString();
    Shell.run(
        stage.program("pg_basebackup")
            + " -c fast -Ft -X fetch -D - | zstd -q -3 -T2"
            + encrypted
            + " > '"
            + file
            + "' && sync '"
            + file
            + "'",
        environment);
    long bytes = Clocked.bytesBelow(folder);
    Folders.delete(folder);
    return bytes;
  }
}
