package io.holdfast.api.reencryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.holdfast.api.reencryption.ReencryptionPlan.Because;
import io.holdfast.api.reencryption.ReencryptionPlan.Begun;
import io.holdfast.api.reencryption.ReencryptionPlan.Left;
import io.holdfast.api.reencryption.SealedBackups.Sealed;
import io.holdfast.model.BackupId;
import io.holdfast.model.manifest.Encryption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Which backups are done for a key that leaked, in which order, and why others are not. */
class SelectionTest {
  private static final String KEY = "leaked";
  private static final Encryption ENVELOPE = Encryption.envelope("00000000-0000-4000-8000-1");
  private static final Encryption RECIPIENT =
      Encryption.openPgp(
          List.of(new Encryption.Key("leaked", "AB".repeat(20))),
          new Encryption.Key("workers", "CD".repeat(20)));

  private final List<Sealed> backups = new ArrayList<>();
  private final List<String> parents = new ArrayList<>();

  @Test
  void whatTheKeyMayOpenIsDoneAndNothingElse() {
    add(1, ENVELOPE, null, "leaked", false, null);
    add(2, ENVELOPE, null, "fresh", false, null);
    add(3, ENVELOPE, null, "older", true, null);
    add(4, ENVELOPE, null, null, false, null);
    add(5, RECIPIENT, null, null, false, null);
    add(6, null, null, null, false, null);

    Selection selection = select(KEY, 100);

    assertThat(selection.begun())
        .extracting(Begun::backupId)
        .containsExactly(id(1), id(3), id(4), id(5));
    assertThat(selection.left()).isEmpty();
  }

  @Test
  void aRecipientIsMeantByItsFingerprintToo() {
    add(1, RECIPIENT, null, null, false, null);

    assertThat(select("ab".repeat(20), 100).begun()).hasSize(1);
    assertThat(select("cd".repeat(20), 100).begun()).as("who signed opens nothing").isEmpty();
  }

  @Test
  void whatABackupBuildsOnIsDoneBeforeItEvenWhenTheKeyDoesNotOpenThat() {
    add(1, ENVELOPE, null, "older", false, null);
    add(2, ENVELOPE, 1, "leaked", false, null);
    add(3, ENVELOPE, 2, "leaked", false, null);

    Selection selection = select(KEY, 100);

    assertThat(selection.begun()).extracting(Begun::backupId).containsExactly(id(1), id(2), id(3));
    assertThat(parents).containsExactly(null, second(1), second(2));
  }

  @Test
  void whatWasDoneBeforeIsBuiltUponAndNotDoneAgain() {
    add(1, ENVELOPE, null, "leaked", false, null);
    add(2, ENVELOPE, 1, "leaked", false, null);
    add(7, ENVELOPE, null, "fresh", false, 1);

    Selection selection = select(KEY, 100);

    assertThat(selection.begun()).extracting(Begun::backupId).containsExactly(id(2));
    assertThat(parents).containsExactly(id(7));
    assertThat(selection.left())
        .extracting(Left::backupId, Left::because, Left::second)
        .containsExactly(tuple(id(1), Because.DONE, id(7)));
  }

  @Test
  void aSecondOneUnderTheLeakedKeyIsMadeOfTheFirstAgain() {
    add(1, ENVELOPE, null, "older", false, null);
    add(2, ENVELOPE, null, "leaked", false, 1);

    Selection selection = select(KEY, 100);

    assertThat(selection.begun()).extracting(Begun::backupId).containsExactly(id(1));
    assertThat(selection.left())
        .extracting(Left::backupId, Left::because, Left::second)
        .containsExactly(tuple(id(2), Because.DONE, second(1)));
  }

  @Test
  void whatIsUnderWayIsNamedAndNotBegunAgain() {
    backups.add(
        new Sealed(
            new BackupId(id(1)),
            "disk",
            ENVELOPE,
            null,
            "leaked",
            false,
            null,
            "the-job",
            new BackupId(second(1))));
    add(2, ENVELOPE, 1, "leaked", false, null);

    Selection selection = select(KEY, 100);

    assertThat(selection.begun())
        .extracting(Begun::backupId, Begun::jobId)
        .containsExactly(tuple(id(1), "the-job"), tuple(id(2), "job-2"));
    assertThat(parents).containsExactly(second(1));
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    add(2, ENVELOPE, 1, "leaked", false, null);
    add(3, ENVELOPE, 2, "leaked", false, null);
    add(4, null, null, null, false, null);
    add(5, ENVELOPE, 4, "leaked", false, null);

    Selection selection = select(KEY, 100);

    assertThat(selection.begun()).isEmpty();
    assertThat(selection.left())
        .extracting(Left::backupId, Left::because)
        .containsExactly(
            tuple(id(2), Because.PARENT_GONE),
            tuple(id(3), Because.PARENT_LEFT),
            tuple(id(4), Because.NOT_ENCRYPTED),
            tuple(id(5), Because.PARENT_LEFT));
  }

  @Test
  void whatIsTooMuchForOneRequestIsForTheNext() {
    add(1, ENVELOPE, null, "leaked", false, null);
    add(2, ENVELOPE, null, "leaked", false, null);
    add(3, ENVELOPE, 2, "leaked", false, null);

    Selection selection = select(KEY, 1);

    assertThat(selection.begun()).extracting(Begun::backupId).containsExactly(id(1));
    assertThat(selection.left())
        .extracting(Left::backupId, Left::because)
        .containsExactly(tuple(id(2), Because.LATER), tuple(id(3), Because.PARENT_LEFT));
  }

  private void add(
      int number,
      Encryption encryption,
      Integer parent,
      String madeWith,
      boolean rotated,
      Integer from) {
    backups.add(
        new Sealed(
            new BackupId(id(number)),
            "disk",
            encryption,
            parent == null ? null : new BackupId(id(parent)),
            madeWith,
            rotated,
            from == null ? null : new BackupId(id(from)),
            null,
            null));
  }

  private Selection select(String key, int most) {
    Selection selection =
        new Selection(
            backups,
            key,
            most,
            (backup, parent) -> {
              parents.add(parent == null ? null : parent.value());
              int number = Integer.parseInt(backup.id().value().substring(34));
              return new Begun(
                  backup.id().value(),
                  backup.repository(),
                  List.of(),
                  "job-" + number,
                  second(number));
            });
    selection.takeAll();
    return selection;
  }

  private static String id(int number) {
    return String.format(Locale.ROOT, "01a1fc90-a296-79a1-b9a2-0000000000%02d", number);
  }

  private static String second(int number) {
    return String.format(Locale.ROOT, "01a1fc90-a296-79a1-b9a2-0000000001%02d", number);
  }
}
