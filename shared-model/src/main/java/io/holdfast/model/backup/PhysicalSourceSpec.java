package io.holdfast.model.backup;

/** A base backup of the whole cluster, tablespaces and needed WAL included. */
public record PhysicalSourceSpec(Checkpoint checkpoint) implements SourceSpec {
  /** {@code FAST} asks for an immediate checkpoint, {@code SPREAD} waits for a gentle one. */
  public enum Checkpoint {
    FAST,
    SPREAD
  }

  public PhysicalSourceSpec {
    checkpoint = checkpoint == null ? Checkpoint.FAST : checkpoint;
  }
}
