package io.holdfast.worker.job;

/** Who speaks: in every event of this worker. */
record WorkerIdentity(String id, String pool, String version) {}
