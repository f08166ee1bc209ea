package io.holdfast.worker.envelope;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;

/**
 * Opens sealed objects without Holdfast: {@code java -jar} on any Java from 21 on. Says how to use
 * it when it is called without arguments. What it has written is proven only when its exit status
 * is 0.
 */
public final class Unseal {
  private static final String USAGE =
      """
      usage:
        unseal --key FILE --wrapped FILE --object KEY < sealed > plain
        unseal --key FILE --wrapped FILE --manifest FILE --mac FILE

        --key       the key-encryption key: one line, 32 bytes in Base64
        --data-key  instead of --key: the data key, as a key server unwrapped it, in Base64
        --wrapped   the newest file of the folder keys/<data key id>/ beside the objects
        --object    the object's whole key in the repository, such as
                    clusters/orders/backups/<backupId>/<runId>/base.tar.zst.sealed
        --manifest  instead of --object: proves that manifest.json was written with this key
      """;
  private static final Set<String> OPTIONS =
      Set.of("--key", "--data-key", "--wrapped", "--object", "--manifest", "--mac");
  private static final int USAGE_STATUS = 2;
  private static final int CHUNK_BYTES = 256 * 1024;

  private Unseal() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments, System.in, System.out, System.err));
  }

  /**
   * @return the exit status: 0 only when everything was proven
   */
  static int run(String[] arguments, InputStream in, OutputStream out, PrintStream err) {
    try {
      Map<String, String> options = options(arguments);
      DataKey key = key(options);
      if (options.containsKey("--manifest")) {
        return check(key, options, err);
      }
      SealedInput plain = new SealedInput(key, required(options, "--object"), in);
      byte[] chunk = new byte[CHUNK_BYTES];
      for (int n = plain.read(chunk); n >= 0; n = plain.read(chunk)) {
        out.write(chunk, 0, n);
      }
      out.flush();
      return 0;
    } catch (IllegalArgumentException e) {
      err.println("unseal: " + e.getMessage());
      err.print(USAGE);
      return USAGE_STATUS;
    } catch (IOException | AEADBadTagException e) {
      err.println("unseal: " + e.getMessage());
      return 1;
    }
  }

  private static int check(DataKey key, Map<String, String> options, PrintStream err)
      throws IOException {
    byte[] manifest = Files.readAllBytes(Path.of(required(options, "--manifest")));
    String mac = Files.readString(Path.of(required(options, "--mac"))).strip();
    if (key.vouched(manifest, mac)) {
      return 0;
    }
    err.println("unseal: the manifest was not written with data key " + key.id());
    return 1;
  }

  private static Map<String, String> options(String[] arguments) {
    if (arguments.length % 2 != 0) {
      throw new IllegalArgumentException("every option takes a value");
    }
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (!OPTIONS.contains(arguments[i])) {
        throw new IllegalArgumentException("there is no option " + arguments[i]);
      }
      options.put(arguments[i], arguments[i + 1]);
    }
    return options;
  }

  private static String required(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  private static DataKey key(Map<String, String> options) throws IOException, AEADBadTagException {
    String wrapped = Files.readString(Path.of(required(options, "--wrapped")));
    UUID id = UUID.fromString(field(wrapped, "dataKeyId"));
    if (options.containsKey("--data-key")) {
      String plain = Files.readString(Path.of(options.get("--data-key"))).strip();
      return new DataKey(id, Base64.getDecoder().decode(plain));
    }
    KeyWrap key = KeyWrap.parse(Files.readString(Path.of(required(options, "--key"))));
    if (!field(wrapped, "keeper").equals("LOCAL")) {
      throw new IllegalArgumentException(
          "a key server wrapped this data key: have it unwrapped there, and give --data-key");
    }
    if (!field(wrapped, "fingerprint").equals(key.fingerprint())) {
      throw new IOException(
          "key '"
              + field(wrapped, "key")
              + "' with fingerprint "
              + field(wrapped, "fingerprint")
              + " wrapped this data key; the one given has "
              + key.fingerprint());
    }
    return key.unwrap(
        Base64.getDecoder().decode(field(wrapped, "wrapped")), field(wrapped, "folder"), id);
  }

  /** A text field of a small JSON document whose texts need no escapes. */
  private static String field(String json, String name) throws IOException {
    Matcher field = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"").matcher(json);
    if (!field.find()) {
      throw new IOException("the wrapped key has no " + name);
    }
    return field.group(1);
  }
}
