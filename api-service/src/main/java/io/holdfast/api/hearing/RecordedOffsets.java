package io.holdfast.api.hearing;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Up to where this replica has recorded the events topic. A commit can be lost to an outage of the
 * broker, and the client does not repeat it before the next event of that partition, which may
 * never come: until then the service would take itself for deaf.
 */
@ApplicationScoped
public class RecordedOffsets {
  private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();

  /**
   * To be called when everything up to there is in the catalog.
   *
   * @param offset of the last record
   */
  public void recorded(TopicPartition partition, long offset) {
    next.merge(partition, offset + 1, Math::max);
  }

  /** What has to be committed again. */
  Map<TopicPartition, OffsetAndMetadata> ahead(Map<TopicPartition, OffsetAndMetadata> committed) {
    Map<TopicPartition, OffsetAndMetadata> ahead = new HashMap<>();
    next.forEach(
        (partition, offset) -> {
          OffsetAndMetadata known = committed.get(partition);
          if (known == null || known.offset() < offset) {
            ahead.put(partition, new OffsetAndMetadata(offset));
          }
        });
    return ahead;
  }
}
