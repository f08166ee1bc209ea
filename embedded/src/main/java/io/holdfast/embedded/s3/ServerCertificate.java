package io.holdfast.embedded.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A key and a self-signed certificate for 127.0.0.1, new each time.
 *
 * @param keyStore PKCS #12
 * @param authority the certificate as PEM, for those who are to trust it
 */
public record ServerCertificate(Path keyStore, String password, Path authority) {
  public static final String PASSWORD = "changeit";

  /** Makes it with the JDK's keytool in a folder that exists. */
  public static ServerCertificate in(Path folder) {
    Path keyStore = folder.resolve("server.p12");
    Path authority = folder.resolve("server.pem");
    keytool(
        "-genkeypair -alias s3 -keyalg EC -groupname secp256r1 -validity 30 -dname CN=localhost"
            + " -ext san=ip:127.0.0.1,dns:localhost -storetype PKCS12",
        keyStore);
    keytool("-exportcert -rfc -alias s3 -file " + authority.getFileName(), keyStore);
    return new ServerCertificate(keyStore, PASSWORD, authority);
  }

  private static void keytool(String arguments, Path keyStore) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-keystore", keyStore.toString(), "-storepass", PASSWORD));
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(keyStore.getParent().toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0 || !Files.exists(keyStore)) {
        throw new IllegalStateException("keytool failed: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while keytool ran", e);
    }
  }
}
