package io.holdfast.model.backup;

/** Which part of a database a dump or a restore carries. */
public enum Content {
  ALL,
  SCHEMA_ONLY,
  DATA_ONLY
}
