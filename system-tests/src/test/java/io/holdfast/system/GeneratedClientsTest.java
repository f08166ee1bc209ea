package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.junit.RequiresProgram;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The clients that {@code tools/clients} makes from the committed contract: each is compiled or
 * type-checked and walks one scenario against running services, where its toolchain is.
 */
@Tag("slow")
class GeneratedClientsTest {
  private static final Path HOME = Path.of(System.getProperty("holdfast.home")).toAbsolutePath();
  private static final Path CLIENTS = Folders.temporary("clients");
  private static final Path SCENARIOS = HOME.resolve("system-tests/src/test/clients");
  private static final String TYPESCRIPT = "typescript@5.9.3";

  private final Fleet fleet = Fleet.shared();

  @BeforeAll
  static void generate() throws Exception {
    run(HOME, Map.of(), "tools/clients", CLIENTS.toString());
  }

  @AfterAll
  static void delete() {
    Folders.delete(CLIENTS);
  }

  @Test
  void theJavaClientIsTheOneThatThisBuildCompilesAndItsScenarioUses() throws Exception {
    Map<String, String> made = sources(CLIENTS.resolve("java/src/main/java"));

    assertThat(made).hasSizeGreaterThan(100);
    assertThat(made)
        .isEqualTo(sources(HOME.resolve("openapi/target/generated-sources/openapi/src/main/java")));
  }

  @Test
  @RequiresProgram(
      value = "python3",
      proof = {
        "python3",
        "-c",
        "import pydantic, urllib3, dateutil; assert pydantic.VERSION >= '2'"
      },
      install = "Python 3 with pydantic 2, urllib3 and python-dateutil")
  void thePythonClientWalksFromADeclarationToAVerifiedBackup() throws Exception {
    Path client = CLIENTS.resolve("python");
    run(client, Map.of(), "python3", "-m", "compileall", "-q", "holdfast_client");

    assertThat(
            scenario(
                client,
                Map.of("PYTHONPATH", client.toString()),
                "python3",
                SCENARIOS.resolve("scenario.py").toString()))
        .contains("verified ");
  }

  @Test
  @RequiresProgram(
      value = {"npm", "node"},
      proof = {"npm", "view", TYPESCRIPT, "version"},
      install = "Node.js with npm, and let it reach a registry that has " + TYPESCRIPT)
  void theTypeScriptClientWalksFromADeclarationToAVerifiedBackup() throws Exception {
    Path project = Files.createDirectories(CLIENTS.resolve("typescript-scenario"));
    run(project, Map.of(), "npm", "install", "--no-save", "--silent", TYPESCRIPT);
    run(project, Map.of(), "cp", "-r", CLIENTS.resolve("typescript/src").toString(), "client");
    run(project, Map.of(), "cp", SCENARIOS.resolve("scenario.ts").toString(), ".");
    run(
        project,
        Map.of(),
        "node_modules/.bin/tsc",
        "--strict",
        "--target",
        "es2022",
        "--module",
        "commonjs",
        "--lib",
        "es2022,dom",
        "--outDir",
        "built",
        "scenario.ts");

    assertThat(scenario(project, Map.of(), "node", "built/scenario.js")).contains("verified ");
  }

  @Test
  @RequiresProgram(value = "go", install = "Go, Debian's package golang-go")
  void theGoClientWalksFromADeclarationToAVerifiedBackup() throws Exception {
    Path client = CLIENTS.resolve("go");
    Path command = Files.createDirectories(client.resolve("scenario"));
    Files.copy(SCENARIOS.resolve("scenario.go"), command.resolve("main.go"));
    Map<String, String> offline = Map.of("GOFLAGS", "-mod=mod", "GOPROXY", "off");
    run(client, offline, "go", "vet", ".");
    run(client, offline, "go", "build", "-o", "walk", "./scenario");

    assertThat(scenario(client, Map.of(), "./walk")).contains("verified ");
  }

  private String scenario(Path directory, Map<String, String> environment, String... command)
      throws Exception {
    try (PostgresCluster cluster = fleet.startCluster(0)) {
      cluster.primary().execute("CREATE TABLE seen_by_client (v int)");
      String credentials = fleet.declare(cluster, fleet.filesystemRepository());
      String name = Declarations.fresh("client");
      Map<String, String> all = new TreeMap<>(environment);
      all.put("HOLDFAST", fleet.stack().apiUrl().toString());
      all.put("HOLDFAST_KEY", fleet.stack().adminKey());
      all.put("NAME", name);
      all.put("CREDENTIALS", credentials);
      all.put("REPOSITORY", fleet.stack().repositoriesRoot().resolve(name).toString());
      all.put("PORT", Integer.toString(cluster.primary().port()));
      String said = run(directory, all, command);
      assertThat(fleet.backupsOf(name)).hasSize(1);
      return said;
    }
  }

  private static String run(Path directory, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(List.of(command) + "\n" + output).isZero();
    return output;
  }

  private static Map<String, String> sources(Path folder) throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(found -> found.toString().endsWith(".java")).toList()) {
        sources.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return sources;
  }
}
