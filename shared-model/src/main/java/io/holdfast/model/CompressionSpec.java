package io.holdfast.model;

/**
 * @param codec which codec
 * @param level the codec's own level; null means its default (zstd 3, gzip 6, lz4 fast)
 * @param workers parallel compression threads; null means 2 (zstd only, ignored elsewhere)
 * @param where {@code WORKER} (default) or {@code SERVER}: {@code BASE_BACKUP} with server-side
 *     compression, PostgreSQL 15 and later, zstd or gzip or lz4 as the server was built
 */
public record CompressionSpec(Codec codec, Integer level, Integer workers, Where where) {
  public enum Where {
    WORKER,
    SERVER
  }

  public CompressionSpec {
    codec = codec == null ? Codec.ZSTD : codec;
    where = where == null ? Where.WORKER : where;
  }

  public static CompressionSpec zstd() {
    return new CompressionSpec(Codec.ZSTD, null, null, Where.WORKER);
  }

  public int levelOrDefault() {
    if (level != null) {
      return level;
    }
    return switch (codec) {
      case ZSTD -> 3;
      case GZIP -> 6;
      case LZ4, NONE -> 0;
    };
  }

  public int workersOrDefault() {
    return workers == null ? 2 : workers;
  }
}
