package io.holdfast.embedded.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The account a server runs as. PostgreSQL refuses to run as root, so root hands over to the user
 * {@code postgres}; everybody else runs it as themselves.
 *
 * @param name the account's name when it is another than ours, empty when it is ours
 */
public record Account(String name) {
  private static final Account SELF = new Account("");
  private static final Account POSTGRES = new Account("postgres");

  public static Account forPostgres() {
    return isRoot() ? POSTGRES : SELF;
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  List<String> prefix() {
    return this.equals(SELF)
        ? List.of()
        : List.of("setpriv", "--reuid=" + name, "--regid=" + name, "--init-groups", "--");
  }

  /** Creates the folder if it is absent, private to this account (mode 0700). */
  public Path createPrivate(Path folder) {
    try {
      Files.createDirectories(folder.getParent());
      if (!Files.isDirectory(folder)) {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      give(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create " + folder, e);
    }
  }

  /** Makes this account the owner of a file or folder (not of what is below it). */
  public void give(Path path) {
    if (this.equals(SELF)) {
      return;
    }
    try {
      var users = path.getFileSystem().getUserPrincipalLookupService();
      var view =
          Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
      view.setOwner(users.lookupPrincipalByName(name));
      view.setGroup(users.lookupPrincipalByGroupName(name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot give " + path + " to " + name, e);
    }
  }

  /** Whether this account can walk to the folder: every existing ancestor lets others through. */
  public boolean reaches(Path folder) {
    if (this.equals(SELF)) {
      return true;
    }
    try {
      for (Path step = folder.toAbsolutePath().getParent(); step != null; step = step.getParent()) {
        if (Files.exists(step)
            && !Files.getPosixFilePermissions(step).contains(PosixFilePermission.OTHERS_EXECUTE)
            && !Files.getOwner(step).getName().equals(name)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at the ancestors of " + folder, e);
    }
  }
}
