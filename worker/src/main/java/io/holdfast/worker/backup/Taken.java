package io.holdfast.worker.backup;

import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.chain.BackupChain;
import java.util.List;
import java.util.Map;

/**
 * What a method has stored.
 *
 * @param from the node that was read last
 * @param wal null for a logical backup
 * @param contents database -> what its dump holds; empty for a physical backup
 * @param tools program -> version
 * @param parent what an incremental backup builds on, as it was when that began; null for any other
 */
record Taken(
    ChosenNode from,
    Manifest.Wal wal,
    boolean structureChecked,
    List<Manifest.Database> databases,
    List<Manifest.Tablespace> tablespaces,
    List<Artifact> artifacts,
    Map<String, List<ContentEntry>> contents,
    Map<String, String> tools,
    BackupChain parent) {

  long plainBytes() {
    return artifacts.stream()
        .mapToLong(a -> a.plain() == null ? a.stored().bytes() : a.plain().bytes())
        .sum();
  }

  long storedBytes() {
    return artifacts.stream().mapToLong(a -> a.stored().bytes()).sum();
  }
}
