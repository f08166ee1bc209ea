package io.holdfast.worker.tar;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.model.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Holds the files that passed against {@code backup_manifest}: every listed file is there with its
 * size and CRC-32C, no other is, and the WAL from start to stop is there and of this system.
 *
 * @see <a href="https://www.postgresql.org/docs/current/backup-manifest-format.html">Format</a>
 */
public final class BackupManifestCheck {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_FINDINGS = 20;
  private static final int XLP_LONG_HEADER = 0x0002;
  private static final int TAIL_BYTES = 1024;

  private final List<String> findings = new ArrayList<>();

  private BackupManifestCheck() {}

  /**
   * @param manifest the whole file
   * @param systemIdentifier decimal, as in {@code pg_control}
   * @param segmentBytes the cluster's WAL segment size
   * @return what is wrong, a sentence each, at most twenty; empty when all is well
   */
  public static List<String> compare(
      byte[] manifest, FilesSeen seen, String systemIdentifier, int segmentBytes) {
    BackupManifestCheck check = new BackupManifestCheck();
    try {
      check.ownChecksum(manifest);
      check.read(manifest, seen, systemIdentifier, segmentBytes);
    } catch (IOException | RuntimeException e) {
      check.find("backup_manifest cannot be read: it is not of the form that PostgreSQL writes");
    }
    return check.findings;
  }

  /** Entry by entry: a cluster may have a million files. */
  private void read(byte[] manifest, FilesSeen seen, String systemIdentifier, int segmentBytes)
      throws IOException {
    try (JsonParser parser = JSON.createParser(manifest)) {
      boolean files = false;
      boolean wal = false;
      while (parser.nextToken() != null) {
        if (parser.currentToken() != JsonToken.FIELD_NAME) {
          continue;
        }
        String member = parser.currentName();
        parser.nextToken();
        switch (member) {
          case "System-Identifier" -> system(parser.getText(), systemIdentifier);
          case "Files" -> {
            files(parser, seen);
            files = true;
          }
          case "WAL-Ranges" -> {
            wal(parser.readValueAsTree(), seen, systemIdentifier, segmentBytes);
            wal = true;
          }
          default -> parser.skipChildren();
        }
      }
      if (!files || !wal) {
        find("backup_manifest lists no files or no WAL");
      }
    }
  }

  /** Since PostgreSQL 17. */
  private void system(String stated, String expected) {
    if (!stated.equals(expected)) {
      find("backup_manifest is of system " + stated + " instead of " + expected);
    }
  }

  private void find(String sentence) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(sentence);
    }
  }

  /** The last line holds the SHA-256 of everything before it. */
  private void ownChecksum(byte[] manifest) {
    int tailAt = Math.max(0, manifest.length - TAIL_BYTES);
    String tail =
        new String(manifest, tailAt, manifest.length - tailAt, StandardCharsets.ISO_8859_1);
    int line = tail.lastIndexOf("\"Manifest-Checksum\"");
    if (line < 0) {
      find("backup_manifest has no checksum of its own");
      return;
    }
    String stated = tail.substring(line).replaceAll("(?s).*: *\"([0-9a-f]*)\".*", "$1");
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(manifest, 0, tailAt + line);
      if (!HexFormat.of().formatHex(sha256.digest()).equals(stated)) {
        find("backup_manifest does not have the checksum it states");
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  private void files(JsonParser files, FilesSeen seen) throws IOException {
    Set<String> listed = new HashSet<>();
    while (files.nextToken() == JsonToken.START_OBJECT) {
      JsonNode file = files.readValueAsTree();
      String path = pathOf(file);
      listed.add(path);
      FilesSeen.Seen got = seen.all().get(path);
      if (got == null) {
        find("file '" + path + "' is listed in backup_manifest but not in the archives");
      } else if (got.size() != file.path("Size").asLong()) {
        find(
            "file '"
                + path
                + "' has "
                + got.size()
                + " bytes where backup_manifest lists "
                + file.path("Size").asLong());
      } else if ("CRC32C".equals(file.path("Checksum-Algorithm").asText())
          && got.crc32c() != crcOf(file.path("Checksum").asText())) {
        find("file '" + path + "' does not have the checksum that backup_manifest lists");
      }
    }
    for (String path : seen.all().keySet()) {
      if (!listed.contains(path) && !mayBeUnlisted(path)) {
        find("file '" + path + "' is in the archives but not in backup_manifest");
      }
    }
  }

  private static String pathOf(JsonNode file) {
    return file.has("Path")
        ? file.path("Path").asText()
        : new String(
            HexFormat.of().parseHex(file.path("Encoded-Path").asText()), StandardCharsets.UTF_8);
  }

  /** PostgreSQL writes the four bytes as they lie in memory, lowest first. */
  private static int crcOf(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  private static boolean mayBeUnlisted(String path) {
    return path.startsWith("pg_wal/")
        || path.equals("tablespace_map")
        || path.equals("backup_label");
  }

  private void wal(JsonNode ranges, FilesSeen seen, String systemIdentifier, int segmentBytes) {
    if (ranges.isEmpty()) {
      find("backup_manifest names no WAL");
    }
    for (JsonNode range : ranges) {
      int timeline = range.path("Timeline").asInt();
      long first = Lsn.parse(range.path("Start-LSN").asText()).address() / segmentBytes;
      // The position after the last record; a record that ends a segment needs no next one.
      long last = (Lsn.parse(range.path("End-LSN").asText()).address() - 1) / segmentBytes;
      for (long segment = first; segment <= last; segment++) {
        segment(timeline, segment, seen, systemIdentifier, segmentBytes);
      }
    }
  }

  private void segment(
      int timeline, long segment, FilesSeen seen, String systemIdentifier, int segmentBytes) {
    long perId = 0x100000000L / segmentBytes;
    String name =
        String.format(Locale.ROOT, "%08X%08X%08X", timeline, segment / perId, segment % perId);
    FilesSeen.Seen got = seen.all().get("pg_wal/" + name);
    if (got == null) {
      find("WAL segment " + name + " is needed and not in the archives");
      return;
    }
    if (got.size() != segmentBytes) {
      find("WAL segment " + name + " has " + got.size() + " bytes instead of " + segmentBytes);
      return;
    }
    // XLogLongPageHeaderData in the byte order of the server: magic, info, timeline, address,
    // remaining length, padding, system identifier.
    ByteBuffer header = ByteBuffer.wrap(got.head()).order(ByteOrder.LITTLE_ENDIAN);
    boolean longHeader = (header.getShort(2) & XLP_LONG_HEADER) != 0;
    if (!longHeader || header.getLong(8) != segment * segmentBytes) {
      find("WAL segment " + name + " begins with another segment's address");
    } else if (!Long.toUnsignedString(header.getLong(24)).equals(systemIdentifier)) {
      find("WAL segment " + name + " is of another system");
    }
  }
}
