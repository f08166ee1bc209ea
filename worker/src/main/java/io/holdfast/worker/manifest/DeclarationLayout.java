package io.holdfast.worker.manifest;

import io.holdfast.model.ResourceName;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Where a repository remembers how clusters were declared: one object for each change, so that none
 * is ever overwritten; the last by name is the newest.
 */
public final class DeclarationLayout {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private DeclarationLayout() {}

  public static String folder(String cluster) {
    return "clusters/" + ResourceName.check("cluster name", cluster) + "/declarations/";
  }

  public static String key(String cluster, Instant changedAt) {
    return folder(cluster) + TIMESTAMP.format(changedAt) + ".json";
  }
}
