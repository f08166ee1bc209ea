package io.holdfast.api.restore;

import io.holdfast.api.backup.Violations;
import io.holdfast.api.ledger.RecoveryWish;
import io.holdfast.api.restorepoint.RestorePointService;
import io.holdfast.model.Lsn;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.restore.PhysicalRestoreTarget.EndAction;
import io.holdfast.model.restore.RecoveryTarget;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A recovery target that has been found sound in itself.
 *
 * @param timeline null: not said
 * @param action null: not said
 */
public record RecoveryPlan(
    Type type,
    Instant time,
    Lsn lsn,
    String xid,
    String name,
    boolean inclusive,
    String timeline,
    EndAction action,
    String slotName) {
  /** The wire's words. */
  public enum Type {
    END_OF_BACKUP,
    IMMEDIATE,
    LATEST,
    TIME,
    LSN,
    XID,
    NAME,
    STANDBY
  }

  private static final Set<Type> POINTS =
      EnumSet.of(Type.IMMEDIATE, Type.TIME, Type.LSN, Type.XID, Type.NAME);
  private static final Set<Type> INCLUDING = EnumSet.of(Type.TIME, Type.LSN, Type.XID);
  private static final Duration SKEW = Duration.ofMinutes(1);
  private static final long FIRST_XID = 3;
  private static final long LAST_XID = 0xffff_ffffL;

  /**
   * @param field of the request, for violations
   * @param request null: to the end of the backup
   * @return null when it is not sound
   */
  public static RecoveryPlan of(
      String field, RecoveryRequest request, Instant now, Violations wrong) {
    if (request == null) {
      return new RecoveryPlan(Type.END_OF_BACKUP, null, null, null, null, true, null, null, null);
    }
    Type type = wrong.constant(Type.class, field + ".type", request.type());
    wrong.require(request.type() != null, field + ".type", "is required");
    if (type == null) {
      return null;
    }
    only(field + ".time", request.time(), type == Type.TIME, true, wrong);
    only(field + ".lsn", request.lsn(), type == Type.LSN, true, wrong);
    only(field + ".xid", request.xid(), type == Type.XID, true, wrong);
    only(field + ".name", request.name(), type == Type.NAME, true, wrong);
    only(field + ".slotName", request.slotName(), type == Type.STANDBY, false, wrong);
    only(field + ".inclusive", request.inclusive(), INCLUDING.contains(type), false, wrong);
    boolean archive = type != Type.END_OF_BACKUP && type != Type.STANDBY;
    only(field + ".timeline", request.timeline(), archive, false, wrong);
    EndAction action = wrong.constant(EndAction.class, field + ".action", request.action());
    wrong.require(
        action == null
            || POINTS.contains(type)
            || (action == EndAction.PROMOTE && type != Type.STANDBY),
        field + ".action",
        "does not go with type " + type);
    return new RecoveryPlan(
        type,
        time(field + ".time", request.time(), now, wrong),
        lsn(field + ".lsn", request.lsn(), wrong),
        xid(field + ".xid", request.xid(), wrong),
        name(field + ".name", request.name(), wrong),
        !Boolean.FALSE.equals(request.inclusive()),
        timeline(field + ".timeline", request.timeline(), wrong),
        action,
        slot(field + ".slotName", request.slotName(), wrong));
  }

  public boolean endOfBackup() {
    return type == Type.END_OF_BACKUP;
  }

  /** What a backup must lead to. */
  public RecoveryWish wish() {
    return new RecoveryWish(
        time, lsn, name, Objects.requireNonNullElse(timeline, "latest"), !endOfBackup());
  }

  /**
   * @param cluster asked for only when the copy is to follow its primary
   */
  public RecoveryTarget target(Supplier<ClusterSpec> cluster) {
    return switch (type) {
      case END_OF_BACKUP -> new RecoveryTarget.EndOfBackup();
      case IMMEDIATE -> new RecoveryTarget.Immediate();
      case LATEST -> new RecoveryTarget.Latest();
      case TIME -> new RecoveryTarget.Time(time, inclusive);
      case LSN -> new RecoveryTarget.Position(lsn, inclusive);
      case XID -> new RecoveryTarget.Transaction(xid, inclusive);
      case NAME -> new RecoveryTarget.RestorePoint(name);
      case STANDBY -> new RecoveryTarget.Standby(cluster.get(), slotName);
    };
  }

  private static void only(
      String field, Object value, boolean fits, boolean required, Violations wrong) {
    wrong.require(fits || value == null, field, "does not go with this type");
    wrong.require(!fits || !required || value != null, field, "is required with this type");
  }

  private static Instant time(String field, String text, Instant now, Violations wrong) {
    if (text == null) {
      return null;
    }
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      wrong.require(!time.isAfter(now.plus(SKEW)), field, "lies in the future");
      return time;
    } catch (DateTimeException notOne) {
      wrong.add(
          field, "must be an RFC 3339 time with an offset, such as 2026-01-31T04:05:06+01:00");
      return null;
    }
  }

  private static Lsn lsn(String field, String text, Violations wrong) {
    if (text == null) {
      return null;
    }
    if (!text.matches("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")) {
      wrong.add(field, "must be a position such as 0/3000148");
      return null;
    }
    return Lsn.parse(text);
  }

  private static String xid(String field, String text, Violations wrong) {
    if (text == null) {
      return null;
    }
    boolean number = text.matches("[0-9]{1,10}");
    wrong.require(
        number && Long.parseLong(text) >= FIRST_XID && Long.parseLong(text) <= LAST_XID,
        field,
        "must be a decimal transaction id from " + FIRST_XID + " to " + LAST_XID);
    return text;
  }

  private static String name(String field, String text, Violations wrong) {
    if (text != null) {
      RestorePointService.name(field, text, wrong);
    }
    return text;
  }

  private static String timeline(String field, String text, Violations wrong) {
    boolean fits =
        text == null
            || text.equals("latest")
            || text.equals("current")
            || (text.matches("[1-9][0-9]{0,9}") && Long.parseLong(text) <= Integer.MAX_VALUE);
    wrong.require(fits, field, "must be latest, current or a decimal number");
    return fits ? text : null;
  }

  private static String slot(String field, String text, Violations wrong) {
    wrong.require(
        text == null || text.matches("[a-z0-9_]{1,63}"),
        field,
        "must be 1 to 63 lower-case letters, digits and underscores");
    return text;
  }
}
