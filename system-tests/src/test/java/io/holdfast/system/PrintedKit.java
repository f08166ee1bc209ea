package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Account;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A recovery kit in the hands of somebody who has nothing else.
 *
 * @param folder where its commands may work
 */
record PrintedKit(String text, Path folder) {
  /**
   * Runs the commands of that name.
   *
   * @param from the repository to read from
   * @param keys variables that the kit says to set
   * @param server to restore a dump into
   * @return TARGET
   */
  Path run(String from, String commands, Map<String, String> keys, PostgresServer server)
      throws Exception {
    Path place =
        Account.forPostgres().createPrivate(folder.resolve("kit-" + from + "-" + commands));
    Map<String, String> variables = new HashMap<>();
    variables.put("REPO", Account.forPostgres().createPrivate(place.resolve("repo")).toString());
    variables.put("TARGET", Account.forPostgres().createPrivate(place.resolve("t")).toString());
    variables.put("RECOVERY", "recovery_target_action = 'promote'");
    variables.put("PGHOST", server.host());
    variables.put("PGPORT", Integer.toString(server.port()));
    variables.put("PGUSER", server.superuser().username());
    variables.put("PGPASSWORD", server.superuser().password());
    variables.put(
        "PATH",
        Path.of(server.install().program("psql").toString()).getParent()
            + ":"
            + System.getProperty("java.home")
            + "/bin:"
            + System.getenv("PATH"));
    variables.putAll(keys);
    String script = block("place-" + from) + block(commands);
    if (!commands.equals("logical")) {
      script += "pg_ctl --pgdata=\"$DATA\" --wait --silent --mode=fast stop\n";
    }
    ShellBlocks.run(script, variables);
    return Path.of(variables.get("TARGET"));
  }

  private String block(String name) {
    Matcher block =
        Pattern.compile(
                "^```sh " + Pattern.quote(name) + "\n(.*?)^```$",
                Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(text);
    assertThat(block.find()).as("%s in %s", name, text).isTrue();
    return block.group(1);
  }
}
