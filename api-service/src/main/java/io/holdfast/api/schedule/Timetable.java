package io.holdfast.api.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.field.CronFieldName;
import com.cronutils.model.field.expression.Always;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * When a cron expression of five fields comes due in a zone. Immutable.
 *
 * <p>Where the clocks change, a time that is left out is due at the moment of the change, and one
 * that comes twice is due the first time only. An expression with {@code *} for the hour means
 * every hour that passes: it leaves none out and has both of those that look alike.
 */
final class Timetable {
  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  /** Clocks change at most a few times a year; what is due at all is due within some years. */
  private static final int MOST_CHANGES = 100;

  private final ExecutionTime cron;
  private final boolean everyHour;
  private final ZoneRules rules;

  private Timetable(ExecutionTime cron, boolean everyHour, ZoneRules rules) {
    this.cron = cron;
    this.everyHour = everyHour;
    this.rules = rules;
  }

  /**
   * @throws IllegalArgumentException when the text is no such expression
   */
  static Timetable of(String expression, ZoneId zone) {
    Cron cron = PARSER.parse(expression).validate();
    boolean everyHour = cron.retrieve(CronFieldName.HOUR).getExpression() instanceof Always;
    return new Timetable(ExecutionTime.forCron(cron), everyHour, zone.getRules());
  }

  /** The first time after that moment; empty: it never comes. */
  Optional<Instant> after(Instant moment) {
    return everyHour ? asTimePasses(moment) : asClocksShow(moment);
  }

  private Optional<Instant> asClocksShow(Instant moment) {
    LocalDateTime local =
        LocalDateTime.ofEpochSecond(moment.getEpochSecond(), 0, rules.getOffset(moment));
    while (true) {
      Optional<LocalDateTime> next = next(local);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      Instant due = firstTime(next.get());
      // The second time that clocks show an hour, its times have been.
      if (due.isAfter(moment)) {
        return Optional.of(due);
      }
      local = next.get();
    }
  }

  private Instant firstTime(LocalDateTime local) {
    ZoneOffsetTransition change = rules.getTransition(local);
    if (change == null) {
      return local.toInstant(rules.getOffset(local));
    }
    return change.isGap() ? change.getInstant() : local.toInstant(change.getOffsetBefore());
  }

  /** From one change of the clocks to the next, with the offset that holds between them. */
  private Optional<Instant> asTimePasses(Instant moment) {
    ZoneOffset offset = rules.getOffset(moment);
    LocalDateTime local = LocalDateTime.ofEpochSecond(moment.getEpochSecond(), 0, offset);
    ZoneOffsetTransition change = rules.nextTransition(moment);
    for (int i = 0; i < MOST_CHANGES; i++) {
      Optional<LocalDateTime> next = next(local);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      Instant due = next.get().toInstant(offset);
      if (change == null || due.isBefore(change.getInstant())) {
        return Optional.of(due);
      }
      offset = change.getOffsetAfter();
      local = change.getDateTimeAfter().minusSeconds(1);
      change = rules.nextTransition(change.getInstant());
    }
    return Optional.empty();
  }

  private Optional<LocalDateTime> next(LocalDateTime local) {
    return cron.nextExecution(local.atZone(ZoneOffset.UTC)).map(due -> due.toLocalDateTime());
  }
}
