package io.holdfast.worker.repository.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.fault.SmallDisk;
import io.holdfast.embedded.junit.RequiresSmallDisk;
import io.holdfast.model.ErrorCode;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.RepositoryContract;
import io.holdfast.worker.repository.StagedObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesystemRepositoryTest extends RepositoryContract {
  @TempDir Path folder;

  @Override
  protected Repository openRepository() {
    return new FilesystemRepository(folder.resolve("root"));
  }

  @Override
  protected boolean storeIsEmpty() throws IOException {
    Path root = folder.resolve("root");
    if (!Files.exists(root)) {
      return true;
    }
    try (Stream<Path> left = Files.walk(root)) {
      return left.filter(path -> !path.equals(root))
          .filter(path -> !path.endsWith("probes"))
          .findAny()
          .isEmpty();
    }
  }

  @Test
  void neverFollowsALinkOutOfItsRoot() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.createDirectory(folder.resolve("root"));
    Files.createSymbolicLink(folder.resolve("root/a"), outside);
    Files.writeString(outside.resolve("secret"), "x");
    assertRefused(() -> repository.stage("a/object", 0));
    assertRefused(() -> repository.open("a/secret"));
    assertRefused(() -> repository.delete("a/secret"));
    assertThat(outside).isDirectoryContaining("glob:**/secret");
  }

  @Test
  @RequiresSmallDisk
  void saysNoSpaceAndLeavesNothingOnAFullDisk() throws Exception {
    Path root = folder.resolve("disk/root");
    try (SmallDisk disk = SmallDisk.over(Files.createDirectory(root.getParent()), 4)) {
      Repository full = new FilesystemRepository(root);
      StagedObject staged = full.stage("a/object", 0);
      assertThatThrownBy(() -> staged.write(random(6 * 1024 * 1024)))
          .isInstanceOfSatisfying(
              JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE));
      staged.close();
      assertThat(full.list("")).isEmpty();
      assertThat(root).isEmptyDirectory();
      assertThat(full.createIfAbsent("a/later", random(1024 * 1024))).isTrue();
    }
  }

  private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REPOSITORY_REFUSED));
  }
}
