package io.holdfast.model.event;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A record on {@code holdfast.events}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = JobEvent.Accepted.class, name = "ACCEPTED.v1"),
  @JsonSubTypes.Type(value = JobEvent.Started.class, name = "STARTED.v1"),
  @JsonSubTypes.Type(value = JobEvent.NodeSelected.class, name = "NODE_SELECTED.v1"),
  @JsonSubTypes.Type(value = JobEvent.Progressed.class, name = "PROGRESSED.v1"),
  @JsonSubTypes.Type(value = JobEvent.Noted.class, name = "NOTED.v1"),
  @JsonSubTypes.Type(value = JobEvent.ContentsListed.class, name = "CONTENTS_LISTED.v1"),
  @JsonSubTypes.Type(value = JobEvent.RepositoryScanned.class, name = "REPOSITORY_SCANNED.v1"),
  @JsonSubTypes.Type(value = JobEvent.Succeeded.class, name = "SUCCEEDED.v1"),
  @JsonSubTypes.Type(value = JobEvent.Failed.class, name = "FAILED.v1"),
  @JsonSubTypes.Type(value = JobEvent.Cancelled.class, name = "CANCELLED.v1"),
  @JsonSubTypes.Type(value = WorkerEvent.CommandRefused.class, name = "COMMAND_REFUSED.v1"),
  @JsonSubTypes.Type(value = WorkerEvent.TopologyObserved.class, name = "TOPOLOGY_OBSERVED.v1"),
  @JsonSubTypes.Type(value = WorkerEvent.Heartbeat.class, name = "HEARTBEAT.v1"),
  @JsonSubTypes.Type(value = WorkerEvent.ArchiveObserved.class, name = "ARCHIVE_OBSERVED.v1"),
  @JsonSubTypes.Type(value = WorkerEvent.WalRefused.class, name = "WAL_REFUSED.v1")
})
public sealed interface HoldfastEvent permits JobEvent, WorkerEvent {}
