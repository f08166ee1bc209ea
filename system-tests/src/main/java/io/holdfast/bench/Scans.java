package io.holdfast.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.embedded.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A scan of a bucket with many objects: half of them of backups with 28 artifacts each, half of
 * them segments. The objects are put into the store's folder as files and are nearly empty, because
 * a scan reads manifests only.
 */
final class Scans {
  private static final int ARTIFACTS = 28;
  private static final int OBJECTS_OF_A_BACKUP = ARTIFACTS + 2;
  private static final int LABEL_MAGIC = 0x184D2A57;

  private final BenchStage stage;

  Scans(BenchStage stage) {
    this.stage = stage;
  }

  String run(int objects) {
    stage
        .api()
        .put(
            "/repositories/many",
            "{\"type\":\"S3\",\"s3\":{\"endpoint\":\""
                + stage.store().endpoint()
                + "\",\"bucket\":\""
                + Stack.BUCKET
                + "\",\"prefix\":\"many\",\"credentialsRef\":\""
                + Stack.S3_REFERENCE
                + "\"}}");
    Path cluster = stage.store().folderOf(Stack.BUCKET).resolve("many/clusters/many");
    int backups = Math.max(1, objects / 2 / OBJECTS_OF_A_BACKUP);
    int segments = Math.max(1, objects - backups * OBJECTS_OF_A_BACKUP);
    try {
      for (int i = 0; i < backups; i++) {
        backup(cluster.resolve("backups"), i);
      }
      archive(cluster.resolve("wal/7400000000000000001"), segments);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    double first = scan(objects, backups);
    double again = scan(objects, backups);
    return String.format(
        Locale.ROOT,
        "### Scan of a bucket with %d objects over TLS%n%n"
            + "| scan | backups | segments | s |%n|---|---:|---:|---:|%n"
            + "| of an empty catalog | %d | %d | %.1f |%n"
            + "| again | %d | %d | %.1f |%n%n",
        backups * OBJECTS_OF_A_BACKUP + segments,
        backups,
        segments,
        first,
        backups,
        segments,
        again);
  }

  private double scan(int objects, int backups) {
    long begun = System.nanoTime();
    JsonNode job = stage.run("/repositories/many/scans", "{}");
    double seconds = (System.nanoTime() - begun) / 1e9;
    JsonNode found = job.path("result").path("scan");
    if (found.path("backups").asInt() != backups || found.path("oddities").asInt() != 0) {
      throw new IllegalStateException("not what was put there: " + found);
    }
    System.err.printf("scan of %d objects: %.1f s%n", objects, seconds);
    return seconds;
  }

  private static void backup(Path folder, int number) throws IOException {
    String id = String.format(Locale.ROOT, "0199d0e4-6a00-7000-8000-%012x", number);
    String run = String.format(Locale.ROOT, "0199d0e4-6a00-7001-8000-%012x", number);
    Path objects = Files.createDirectories(folder.resolve(id).resolve(run));
    StringBuilder artifacts = new StringBuilder();
    StringBuilder sums = new StringBuilder();
    for (int i = 0; i < ARTIFACTS; i++) {
      String name = i == 0 ? "base.tar.zst" : 16384 + i + ".tar.zst";
      Files.write(objects.resolve(name), new byte[1]);
      artifacts.append(
          String.format(
              Locale.ROOT,
              "%s{\"kind\":\"%s\",\"object\":\"%s/%s\",\"codec\":\"ZSTD\",\"stored\":{\"bytes\":1,\"sha256\":\"%s\"}}",
              i == 0 ? "" : ",",
              i == 0 ? "BASE_TAR" : "TABLESPACE_TAR",
              run,
              name,
              "0".repeat(64)));
      sums.append("0".repeat(64)).append("  ").append(name).append('\n');
    }
    String manifest =
        String.format(
            Locale.ROOT,
            "{\"format\":1,\"backupId\":\"%s\",\"runId\":\"%s\",\"attempt\":1,\"jobId\":\"%s\","
                + "\"cluster\":\"many\",\"method\":\"PHYSICAL\",\"startedAt\":\"2026-01-01T00:00:00Z\","
                + "\"finishedAt\":\"2026-01-01T01:00:00Z\",\"artifacts\":[%s],\"plainBytes\":1,"
                + "\"storedBytes\":%d}",
            id,
            run,
            id,
            artifacts,
            ARTIFACTS);
    sums.append(sha256(manifest)).append("  ../manifest.json\n");
    Files.writeString(objects.resolve("SHA256SUMS"), sums);
    Files.writeString(folder.resolve(id).resolve("manifest.json"), manifest);
  }

  private static void archive(Path folder, int segments) throws IOException {
    for (int i = 0; i < segments; i++) {
      String log = String.format(Locale.ROOT, "00000001%08X", i / 256);
      String name = String.format(Locale.ROOT, "%s%08X", log, i % 256);
      Path place = Files.createDirectories(folder.resolve(log)).resolve(name + ".zst");
      Files.write(place, i == segments - 1 ? labelled(name) : new byte[1]);
    }
  }

  /** The beginning of a segment's object, from which its size is learnt. */
  private static byte[] labelled(String name) {
    byte[] label =
        ("{\"format\":1,\"cluster\":\"many\",\"systemIdentifier\":\"7400000000000000001\",\"file\":\""
                + name
                + "\",\"plain\":{\"bytes\":16777216,\"sha256\":\"00\"},\"stored\":{\"bytes\":0,\"sha256\":\"00\"}}")
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + label.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(LABEL_MAGIC)
        .putInt(label.length)
        .put(label)
        .array();
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
