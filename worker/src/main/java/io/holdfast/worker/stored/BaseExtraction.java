package io.holdfast.worker.stored;

import io.holdfast.model.manifest.Artifact.Kind;
import io.holdfast.worker.source.physical.ConfigurationFiles;
import io.holdfast.worker.target.physical.DirectoryRestore;
import io.holdfast.worker.target.physical.TarExtraction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Brings a full base backup into a directory, proven before it is put in place. */
public final class BaseExtraction {
  private static final byte[] LOCAL_ONLY = "local all all peer\n".getBytes(StandardCharsets.UTF_8);

  private BaseExtraction() {}

  /**
   * @param restore checked, not yet staged
   * @param beforePublish the last moment to refuse
   * @return how many files were restored
   */
  public static int run(StoredBackup backup, DirectoryRestore restore, Runnable beforePublish) {
    BaseArchives archives = new BaseArchives(backup);
    restore.stage();
    int files =
        archives.read(
            (tablespace, tar) -> {
              if (tablespace == null) {
                restore.extractBase(tar);
              } else {
                restore.extractTablespace(tablespace, tar);
              }
            });
    Map<String, byte[]> configuration = configuration(archives);
    beforePublish.run();
    restore.publish(configuration);
    return files;
  }

  /** For a source that keeps its files elsewhere: what was in effect, without its places. */
  public static Map<String, byte[]> configuration(BaseArchives archives) {
    try {
      Map<String, byte[]> kept =
          TarExtraction.inMemory(new ByteArrayInputStream(archives.bytes(Kind.CONFIG_TAR)));
      Map<String, byte[]> files = new TreeMap<>();
      files.put("postgresql.conf", kept.get(ConfigurationFiles.EFFECTIVE));
      files.put("pg_hba.conf", kept.getOrDefault("pg_hba.conf", LOCAL_ONLY));
      files.put("pg_ident.conf", kept.getOrDefault("pg_ident.conf", new byte[0]));
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }
}
