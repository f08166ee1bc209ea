package io.holdfast.model.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.Lsn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalFileNameTest {
  @ParameterizedTest
  @CsvSource({
    "000000010000002A0000001F,SEGMENT,1",
    "0000000B0000002A000000FF.partial,PARTIAL,11",
    "0000000A.history,HISTORY,10",
    "000000010000002A0000001F.00000028.backup,BACKUP_HISTORY,1"
  })
  void readsAndWritesWhatPostgresCallsIts(String name, WalFileName.Kind kind, int timeline) {
    WalFileName parsed = WalFileName.parse(name).orElseThrow();

    assertThat(parsed.kind()).isEqualTo(kind);
    assertThat(parsed.timeline()).isEqualTo(timeline);
    assertThat(parsed).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00000001",
        "000000010000002a0000001f",
        "00000000.history",
        "FFFFFFFF.history",
        "000000010000002A0000001F.zst",
        "../00000001.history",
        "000000010000002A0000001F.00000028.backup.partial"
      })
  void refusesEverythingElse(String name) {
    assertThat(WalFileName.parse(name)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1048576,2A/1F0000C8,000000010000002A000001F0",
    "16777216,2A/1F0000C8,000000010000002A0000001F",
    "67108864,2A/1F0000C8,000000010000002A00000007",
    "1073741824,2A/FF0000C8,000000010000002A00000003"
  })
  void countsBySegmentSize(int bytes, String lsn, String name) {
    SegmentSize size = new SegmentSize(bytes);
    long number = size.number(Lsn.parse(lsn));

    assertThat(WalFileName.segment(1, number, size)).hasToString(name);
    assertThat(WalFileName.parse(name).orElseThrow().number(size)).isEqualTo(number);
    assertThat(WalFileName.parse(name).orElseThrow().fits(size)).isTrue();
    assertThat(size.start(number)).isLessThanOrEqualTo(Lsn.parse(lsn));
  }

  @Test
  void knowsNamesThatASegmentSizeDoesNotHave() {
    WalFileName name = WalFileName.parse("000000010000002A000000FF").orElseThrow();

    assertThat(name.fits(new SegmentSize(16 << 20))).isTrue();
    assertThat(name.fits(new SegmentSize(64 << 20))).isFalse();
  }

  @Test
  void readsWhereATimelineComesFrom() {
    TimelineHistory history =
        TimelineHistory.parse(
            11,
            """
            1\t0/3000000\tno recovery target specified

            2\t0/5000148\tbefore 2026-11-21 10:00:00+00
            """);

    assertThat(history.at(Lsn.parse("0/2FFFFFF"))).isEqualTo(1);
    assertThat(history.at(Lsn.parse("0/3000000"))).isEqualTo(2);
    assertThat(history.at(Lsn.parse("0/5000148"))).isEqualTo(11);
    assertThat(history.contains(1, Lsn.parse("0/3000000"))).isTrue();
    assertThat(history.contains(1, Lsn.parse("0/3000001"))).isFalse();
    assertThat(history.contains(11, Lsn.parse("0/5000147"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2\t0/1\n1\t0/2", "1\t0/5\n2\t0/4", "3\t0/1", "x"})
  void refusesAHistoryThatCannotBe(String text) {
    assertThatThrownBy(() -> TimelineHistory.parse(3, text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
