package io.holdfast.worker.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository.ObjectStat;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every driver promises, at the smallest part size it takes. */
public abstract class RepositoryContract {
  protected static final int PART_BYTES = 5 * 1024 * 1024;
  protected Repository repository;

  protected abstract Repository openRepository() throws Exception;

  /** Whether anything at all lies in the store, unfinished objects included. */
  protected abstract boolean storeIsEmpty() throws Exception;

  @BeforeEach
  void open() throws Exception {
    repository = openRepository();
  }

  @AfterEach
  void close() {
    repository.close();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES, 4 * PART_BYTES + 7})
  void returnsTheBytesThatWereCommitted(int size) throws IOException {
    byte[] content = random(size);
    store("a/b/object", content);
    assertThat(read("a/b/object")).isEqualTo(content);
    assertThat(repository.stat("a/b/object")).contains(new ObjectStat("a/b/object", size));
  }

  @Test
  void showsNothingBeforeTheCommit() throws IOException {
    try (StagedObject staged = repository.stage("a/object", 0)) {
      staged.write(random(2 * PART_BYTES));
      assertThat(repository.stat("a/object")).isEmpty();
      assertThat(repository.list("")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 3 * PART_BYTES})
  void leavesNothingWhenClosedWithoutACommit(int size) throws Exception {
    try (StagedObject staged = repository.stage("a/object", 0)) {
      staged.write(random(size));
    }
    assertThat(storeIsEmpty()).isTrue();
  }

  @Test
  void closingAgainAfterTheCommitKeepsTheObject() throws IOException {
    byte[] content = random(1000);
    try (StagedObject staged = repository.stage("a/object", content.length)) {
      staged.write(content);
      staged.commit(sha256(content));
      staged.close();
    }
    assertThat(read("a/object")).isEqualTo(content);
  }

  @Test
  void aCloseByAnotherThreadEndsTheWriter() throws Exception {
    StagedObject staged = repository.stage("a/object", 0);
    staged.write(random(1000));
    Thread other = Thread.ofPlatform().start(staged::close);
    other.join();
    assertThatThrownBy(
            () -> {
              while (true) {
                staged.write(random(PART_BYTES));
              }
            })
        .isInstanceOf(RuntimeException.class);
    staged.close();
    assertThat(storeIsEmpty()).isTrue();
  }

  @Test
  void createsOnlyWhenAbsent() throws IOException {
    assertThat(repository.createIfAbsent("a/claim", "mine".getBytes(UTF_8))).isTrue();
    assertThat(repository.createIfAbsent("a/claim", "theirs".getBytes(UTF_8))).isFalse();
    assertThat(new String(read("a/claim"), UTF_8)).isEqualTo("mine");
  }

  @Test
  void replacesWhatIsThere() throws IOException {
    assertThat(repository.createIfAbsent("a/file", "before".getBytes(UTF_8))).isTrue();

    boolean first = repository.replace("a/file", "after that".getBytes(UTF_8));
    boolean second = repository.replace("a/file", random(100_000));

    assertThat(first).isTrue();
    assertThat(second).isTrue();
    assertThat(read("a/file")).isEqualTo(random(100_000));
    assertThat(repository.list("")).containsExactly(new ObjectStat("a/file", 100_000));
  }

  @Test
  void makesNothingAgainThatIsGone() throws Exception {
    store("a/file", random(10));
    store("a/other", random(10));
    assertThat(repository.replace("a/other", random(11))).isTrue();
    repository.delete("a/file");

    boolean replaced = repository.replace("a/file", random(20));

    assertThat(replaced).isFalse();
    assertThat(repository.list("")).containsExactly(new ObjectStat("a/other", 11));
    repository.delete("a/other");
    assertThat(storeIsEmpty()).isTrue();
  }

  @Test
  void letsExactlyOneOfManyCreate() throws Exception {
    try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
      List<Callable<Boolean>> calls =
          IntStream.range(0, 16)
              .mapToObj(
                  i ->
                      (Callable<Boolean>)
                          () -> repository.createIfAbsent("a/claim", ("run " + i).getBytes(UTF_8)))
              .toList();
      int winners = 0;
      for (Future<Boolean> call : callers.invokeAll(calls)) {
        winners += call.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    }
  }

  @Test
  void saysThatAnObjectIsAbsent() {
    assertThat(repository.stat("a/none")).isEmpty();
    assertThatThrownBy(() -> repository.open("a/none"))
        .isInstanceOfSatisfying(
            JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ARTIFACT_DAMAGED));
  }

  @Test
  void listsAFolderInOrderAndNothingBesideIt() {
    for (String key : List.of("a/2", "a/1", "a/sub/x", "ab/1", "b/1")) {
      store(key, key.getBytes(UTF_8));
    }
    assertThat(repository.list("a/"))
        .containsExactly(
            new ObjectStat("a/1", 3), new ObjectStat("a/2", 3), new ObjectStat("a/sub/x", 7));
    assertThat(repository.list("none/")).isEmpty();
    assertThat(repository.list("")).hasSize(5);
  }

  @Test
  void listsMoreThanAPage() throws Exception {
    int many = 1_050;
    try (ExecutorService writers = Executors.newFixedThreadPool(8)) {
      List<Callable<Boolean>> writes =
          IntStream.range(0, many)
              .mapToObj(
                  i ->
                      (Callable<Boolean>)
                          () -> repository.createIfAbsent("many/" + i, new byte[] {1}))
              .toList();
      for (Future<Boolean> write : writers.invokeAll(writes)) {
        assertThat(write.get()).isTrue();
      }
    }
    assertThat(repository.list("many/")).hasSize(many);
  }

  @Test
  void deletesAndMindsNoAbsence() throws Exception {
    store("a/object", random(10));
    repository.delete("a/object");
    repository.delete("a/object");
    assertThat(repository.stat("a/object")).isEmpty();
    assertThat(storeIsEmpty()).isTrue();
  }

  @Test
  void discardsWhatDeadWritersLeftAndKeepsWholeObjects() throws Exception {
    store("a/whole", random(10));
    StagedObject dead = repository.stage("a/dead", 0);
    dead.write(random(2 * PART_BYTES));
    repository.discardUnfinished("a/");
    assertThat(repository.list("")).containsExactly(new ObjectStat("a/whole", 10));
    repository.delete("a/whole");
    assertThat(storeIsEmpty()).isTrue();
    dead.close();
  }

  @Test
  void discardsOnlyTheUnfinishedObjectsThatAreDead() throws Exception {
    StagedObject dead = repository.stage("a/dead", 0);
    dead.write(random(2 * PART_BYTES));
    try (StagedObject living = repository.stage("a/living", 0)) {
      byte[] content = random(2 * PART_BYTES);
      living.write(content);
      repository.discardUnfinished("a/", "a/dead"::equals);
      living.commit(sha256(content));
    }
    assertThat(repository.list("")).containsExactly(new ObjectStat("a/living", 2 * PART_BYTES));
    repository.delete("a/living");
    assertThat(storeIsEmpty()).isTrue();
    dead.close();
  }

  @Test
  void probesWhatItCanDoAndLeavesNothing() throws Exception {
    var found = repository.probe();
    assertThat(found.writable()).isTrue();
    assertThat(found.conditionalPut()).isTrue();
    assertThat(found.multipartAbort()).isTrue();
    assertThat(found.listAfterWrite()).isTrue();
    assertThat(storeIsEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a/", "../a", "a/../b", "a//b", "a/.hidden", "a\nb", "a b"})
  void refusesWhatIsNoKey(String key) {
    assertThatThrownBy(() -> repository.stage(key, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> repository.open(key)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> repository.delete(key)).isInstanceOf(IllegalArgumentException.class);
  }

  protected void store(String key, byte[] content) {
    try (StagedObject staged = repository.stage(key, content.length)) {
      staged.write(content);
      staged.commit(sha256(content));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  protected byte[] read(String key) throws IOException {
    try (InputStream in = repository.open(key)) {
      return in.readAllBytes();
    }
  }

  protected static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  protected static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
