package io.holdfast.model;

/** How stored bytes are compressed, with the file suffix that standard tools expect. */
public enum Codec {
  ZSTD(".zst"),
  GZIP(".gz"),
  LZ4(".lz4"),
  NONE("");

  private final String suffix;

  Codec(String suffix) {
    this.suffix = suffix;
  }

  public String suffix() {
    return suffix;
  }
}
