package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Somebody who may write to the repository, and knows its format, puts a backup in the place of
 * another, complete with digests: what the catalog has seen tells.
 */
@TestInstance(Lifecycle.PER_CLASS)
class SwappedBackupTest {
  private final Fleet fleet = Fleet.shared();
  private EncryptionKeys keys;
  private PostgresCluster cluster;
  private String name;
  private String plain;

  @BeforeAll
  void backUp() throws Exception {
    keys = EncryptionKeys.make();
    fleet.keys(keys::into);
    cluster = fleet.startCluster(0);
    name = fleet.declare(cluster, fleet.filesystemRepository(), true);
    plain = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
  }

  @AfterAll
  void stop() {
    cluster.close();
    keys.close();
  }

  @Test
  void aPlainBackupInThePlaceOfAnEncryptedOneIsRefusedByEveryReader() throws Exception {
    fleet.encryptedWith(name, EncryptionKeys.json("ENVELOPE"));
    String encrypted = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
    Path run = putInPlaceOf(encrypted);
    assertThat(run.resolve("base.tar.zst")).exists();
    Path target = fleet.restoreRoot().resolve("swapped");

    for (String level : new String[] {"CHECKSUM", "STRUCTURE", "RESTORE"}) {
      refused("/backups/" + encrypted + "/verifications", "{\"level\":\"" + level + "\"}");
    }
    refused(
        "/restores",
        "{\"backupId\":\"" + encrypted + "\",\"physical\":{\"directory\":\"" + target + "\"}}");
    refused(
        "/clusters/" + name + "/drills",
        "{\"backupId\":\"" + encrypted + "\",\"target\":{\"type\":\"END_OF_BACKUP\"}}");
    refused("/backups/" + encrypted + "/reencryptions", "{}");
    Path elsewhere = fleet.stack().repositoriesRoot().resolve("not-exchanged");
    refused(
        "/backups/" + encrypted + "/copies",
        "{\"repository\":\"" + fleet.filesystemRepositoryAt(elsewhere) + "\"}");
    assertThat(elsewhere.resolve("clusters")).doesNotExist();
    assertThat(target).doesNotExist();
    assertThat(fleet.api().get("/backups/" + encrypted).path("state").asText())
        .isEqualTo("SUSPECT");
  }

  @Test
  void aManifestThatWasEditedAndDigestedAnewIsRefusedWithoutAnyEncryption() throws Exception {
    Path folder = folderOf(plain);
    Path manifest = folder.resolve("manifest.json");
    byte[] before = Files.readAllBytes(manifest);
    Path sums = folder.resolve(runOf(before)).resolve("SHA256SUMS");
    byte[] sumsBefore = Files.readAllBytes(sums);
    String text = new String(before, StandardCharsets.UTF_8);
    String edited = text.replace("\"structureChecked\" : true", "\"structureChecked\" : false");
    assertThat(edited).isNotEqualTo(text);
    try {
      write(manifest, edited, sums, new String(sumsBefore, StandardCharsets.UTF_8));

      refused("/backups/" + plain + "/verifications", "{\"level\":\"CHECKSUM\"}");
      refused(
          "/restores",
          "{\"backupId\":\""
              + plain
              + "\",\"physical\":{\"directory\":\""
              + fleet.restoreRoot().resolve("edited")
              + "\"}}");
    } finally {
      Files.write(manifest, before);
      Files.write(sums, sumsBefore);
    }
  }

  /** As if it had been plain from the beginning; the folder of the run that it names now. */
  private Path putInPlaceOf(String encrypted) throws Exception {
    String manifest = Files.readString(folderOf(plain).resolve("manifest.json"));
    Path from = folderOf(plain).resolve(runOf(manifest.getBytes(StandardCharsets.UTF_8)));
    Path to = folderOf(encrypted).resolve(from.getFileName().toString());
    String unused =
        Command.of("cp", "-a", from.toString(), to.toString()).run(Duration.ofMinutes(1));
    write(
        folderOf(encrypted).resolve("manifest.json"),
        manifest.replace(plain, encrypted),
        to.resolve("SHA256SUMS"),
        Files.readString(from.resolve("SHA256SUMS")));
    return to;
  }

  private static void write(Path manifest, String text, Path sums, String digests)
      throws Exception {
    byte[] json = text.getBytes(StandardCharsets.UTF_8);
    Files.write(manifest, json);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
    Files.writeString(sums, digests.replaceFirst("[0-9a-f]{64}  \\.\\./", digest + "  ../"));
  }

  private void refused(String path, String json) {
    JsonNode ended = fleet.finish(fleet.start(path, json));
    assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("FAILED");
    assertThat(ended.path("problem").path("code").asText())
        .as("%s %s", path, ended)
        .isEqualTo("NOT_AUTHENTIC");
  }

  private static String runOf(byte[] manifest) throws IOException {
    return new ObjectMapper().readTree(manifest).path("runId").asText();
  }

  private Path folderOf(String backup) {
    return fleet
        .stack()
        .repositoriesRoot()
        .resolve("files/clusters/" + name + "/backups/" + backup);
  }
}
