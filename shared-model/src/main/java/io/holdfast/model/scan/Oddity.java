package io.holdfast.model.scan;

/**
 * Something in a repository that no manifest accounts for, or that is not as its manifest says.
 *
 * @param backupId null where it belongs to none
 * @param key of the object, or the folder of several
 * @param objects how many it is about
 * @param bytes of them all
 * @param detail a sentence
 */
public record Oddity(
    Kind kind,
    String cluster,
    String backupId,
    String key,
    long objects,
    long bytes,
    String detail) {
  public enum Kind {
    /** Objects of a run that no manifest names, or of nothing that is known. */
    ORPHAN,
    /** An object that a manifest names is absent or has another size. */
    CHANGED,
    /** A manifest that is there and cannot be believed. */
    UNREADABLE
  }
}
