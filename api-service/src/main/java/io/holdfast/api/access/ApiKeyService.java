package io.holdfast.api.access;

import io.holdfast.api.page.Cursor;
import io.holdfast.api.problem.ApiProblem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** Makes, shows and revokes keys. Only for callers that are not scoped themselves. */
@ApplicationScoped
public class ApiKeyService {
  @Inject Clock clock;
  @Inject Caller caller;
  @Inject KeyRing ring;

  /** The only time that the answer holds the key. */
  @Transactional
  public ApiKeyView create(ApiKeyRequest request) {
    caller.requireAllClusters();
    Instant now = clock.instant();
    if (request.expiresAt() != null && !request.expiresAt().isAfter(now)) {
      throw ApiProblem.invalid("expiresAt", "lies in the past", "Choose a later time.");
    }
    ApiKeyText key = ApiKeyText.generate();
    ApiKeyEntity row = new ApiKeyEntity();
    row.id = key.id();
    row.name = request.name();
    row.hash = key.hash();
    row.roles = request.roles().stream().distinct().sorted().toArray(String[]::new);
    row.clusters =
        request.clusters() == null
            ? null
            : request.clusters().stream().distinct().sorted().toArray(String[]::new);
    row.createdAt = now;
    row.createdBy = caller.keyId();
    row.expiresAt = request.expiresAt();
    row.persist();
    return ApiKeyView.of(row, key.reveal());
  }

  @Transactional
  public ApiKeyView get(String id) {
    caller.requireAllClusters();
    return ApiKeyView.of(find(id), null);
  }

  @Transactional
  public ApiKeyView.Page list(Integer limit, String cursor) {
    caller.requireAllClusters();
    int size = Cursor.limit(limit);
    String after = Cursor.decode(cursor);
    List<ApiKeyEntity> rows =
        ApiKeyEntity.<ApiKeyEntity>find("id > ?1 order by id", after == null ? "" : after)
            .range(0, size)
            .list();
    return new ApiKeyView.Page(
        rows.stream().limit(size).map(row -> ApiKeyView.of(row, null)).toList(),
        Cursor.next(rows, size, row -> row.id));
  }

  /** Revoking twice is fine; the first time counts. */
  @Transactional
  public void revoke(String id) {
    caller.requireAllClusters();
    ApiKeyEntity row = find(id);
    if (row.revokedAt == null) {
      row.revokedAt = clock.instant();
      row.revokedBy = caller.keyId();
    }
    ring.forget(id);
  }

  private static ApiKeyEntity find(String id) {
    ApiKeyEntity row = id.matches("[a-z2-7]{12}") ? ApiKeyEntity.findById(id) : null;
    if (row == null) {
      // Not repeated in the answer: somebody may have sent a whole key.
      throw new ApiProblem(
          404,
          "not-found",
          "There is no API key with this id.",
          "List the keys; ids have 12 letters.");
    }
    return row;
  }
}
