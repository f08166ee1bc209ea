package io.holdfast.api.job;

import io.holdfast.api.access.Role;
import io.holdfast.api.problem.ApiProblem;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** A job's history, as a stream that any replica resumes and as a page for those who poll. */
@Path("/api/v1/jobs/{id}/events")
@Tag(name = "Jobs")
public class JobEventsResource {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

  @Inject JobService jobs;

  private final ExecutorService streams = Executors.newVirtualThreadPerTaskExecutor();

  @GET
  @Produces(MediaType.APPLICATION_JSON + ";qs=0.5")
  @RunOnVirtualThread
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "listJobEvents",
      summary = "A job's history; with Accept: text/event-stream as server-sent events",
      description =
          "As a stream each event's id is its sequence; reconnect with Last-Event-ID to read on"
              + " without loss, from any replica. The stream ends after the job's last event.")
  @APIResponse(
      responseCode = "200",
      description = "History after the given sequence",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(implementation = JobEventView.Page.class))
      })
  public JobEventView.Page list(@PathParam("id") String id, @QueryParam("after") Long after) {
    return jobs.events(id, after == null ? 0 : after);
  }

  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Blocking
  @RolesAllowed(Role.VIEWER)
  @Operation(hidden = true)
  public Multi<OutboundSseEvent> stream(
      @PathParam("id") String id,
      @HeaderParam("Last-Event-ID") String lastEventId,
      @QueryParam("after") Long after,
      @Context Sse sse) {
    long from = lastEventId == null || lastEventId.isBlank() ? 0 : sequence(lastEventId);
    long start = after == null ? from : Math.max(from, after);
    JobEventView.Page first = jobs.events(id, start);
    return Multi.createFrom()
        .emitter(emitter -> streams.execute(() -> follow(id, first, sse, emitter)));
  }

  /** Runs on a thread of its own until the job's last event is out or the client is gone. */
  private void follow(
      String id, JobEventView.Page first, Sse sse, MultiEmitter<? super OutboundSseEvent> out) {
    try {
      JobEventView.Page page = first;
      while (!out.isCancelled()) {
        page.items().forEach(event -> out.emit(event(sse, event)));
        if (page.complete()) {
          out.complete();
          return;
        }
        boolean grown = jobs.awaitGrowth(id, page.lastSequence(), KEEP_ALIVE);
        if (!grown) {
          out.emit(sse.newEventBuilder().comment("still here").build());
        }
        page = jobs.follow(id, page.lastSequence());
      }
    } catch (RuntimeException e) {
      out.fail(e);
    }
  }

  private static OutboundSseEvent event(Sse sse, JobEventView event) {
    return sse.newEventBuilder()
        .id(Long.toString(event.sequence()))
        .name(event.type())
        .mediaType(MediaType.APPLICATION_JSON_TYPE)
        .data(JobEventView.class, event)
        .build();
  }

  private static long sequence(String lastEventId) {
    try {
      return Long.parseLong(lastEventId);
    } catch (NumberFormatException notOurs) {
      throw ApiProblem.invalid(
          "Last-Event-ID", "is not an id that this stream gave out", "Leave it out to start over.");
    }
  }
}
