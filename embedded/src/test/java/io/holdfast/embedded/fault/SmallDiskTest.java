package io.holdfast.embedded.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.junit.RequiresSmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresSmallDisk
class SmallDiskTest {
  private static final int MEGABYTE = 1 << 20;

  @TempDir Path folder;

  @Test
  void isFullSoonUntilThereIsMoreOfIt() throws IOException {
    try (SmallDisk disk = SmallDisk.over(folder, 1)) {
      Path file = disk.folder().resolve("file");

      assertThatThrownBy(() -> Files.write(file, new byte[2 * MEGABYTE]))
          .hasMessageContaining("No space left");
      disk.resize(3);
      Files.write(file, new byte[2 * MEGABYTE]);

      assertThat(file).hasSize(2 * MEGABYTE);
    }
  }

  @Test
  void givesBackWhatLayBelowIt() throws IOException {
    Files.writeString(folder.resolve("below"), "it");

    try (SmallDisk disk = SmallDisk.over(folder, 1)) {
      assertThat(disk.folder()).isEmptyDirectory();
      Files.writeString(disk.folder().resolve("above"), "it");
    }

    assertThat(folder.resolve("below")).hasContent("it");
    assertThat(folder.resolve("above")).doesNotExist();
  }
}
