package io.holdfast.api.declared;

import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.RestResponse;

/** How everything that is declared by name is shown: with the ETag that a change has to send. */
public final class DeclaredAnswerResource {
  private DeclaredAnswerResource() {}

  public static <V> RestResponse<V> shown(V view, long version) {
    return answer(RestResponse.Status.OK, view, version);
  }

  /** 201 when it is new, 200 when it was changed, was so already, or in a dry run. */
  public static <V> RestResponse<V> declared(Declared<V> declared) {
    return answer(
        declared.created() ? RestResponse.Status.CREATED : RestResponse.Status.OK,
        declared.view(),
        declared.version());
  }

  private static <V> RestResponse<V> answer(RestResponse.Status status, V view, long version) {
    return RestResponse.ResponseBuilder.create(status, view)
        .header(HttpHeaders.ETAG, Precondition.etag(version))
        .build();
  }
}
