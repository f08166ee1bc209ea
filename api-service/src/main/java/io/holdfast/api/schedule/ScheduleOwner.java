package io.holdfast.api.schedule;

/** Whose a schedule is: exactly one of them is not null. */
public record ScheduleOwner(String cluster, String repository) {
  static ScheduleOwner cluster(String name) {
    return new ScheduleOwner(name, null);
  }

  static ScheduleOwner repository(String name) {
    return new ScheduleOwner(null, name);
  }

  boolean isCluster() {
    return cluster != null;
  }

  /** As in the API: {@code /clusters/orders}. */
  String path() {
    return isCluster() ? "/clusters/" + cluster : "/repositories/" + repository;
  }
}
