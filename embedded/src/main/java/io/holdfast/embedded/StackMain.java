package io.holdfast.embedded;

import io.holdfast.embedded.process.AtExit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CountDownLatch;

/**
 * {@code StackMain up <state folder>}: starts a stack and keeps it until SIGTERM. When it is ready
 * it says how to use it, in {@code ready.txt} of the state folder (mode 0600, since the admin key
 * is in it) and on standard output without the key.
 */
public final class StackMain {
  private StackMain() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 2 || !arguments[0].equals("up")) {
      System.err.println("usage: StackMain up <state folder>");
      System.exit(2);
    }
    Path folder = Path.of(arguments[1]);
    Stack stack = Stack.builder(folder).start();
    // Last added, so first to run: everything ends in order, the services before what they use.
    AtExit.run("stop the stack", stack::close);
    Path ready = folder.resolve("ready.txt");
    Path next = StackState.createPrivate(folder.resolve("ready.txt.new"));
    Files.writeString(next, guide(stack));
    Files.move(next, ready, StandardCopyOption.ATOMIC_MOVE);
    System.out.println("ready: " + stack.apiUrl() + ", see " + ready);
    new CountDownLatch(1).await();
  }

  private static String guide(Stack stack) {
    return """
        Holdfast is ready.

          API               %1$s/api/v1
          admin key         %2$s
          credentials file  %3$s
          repositories      below %4$s
          restores          below %5$s

        export HOLDFAST=%1$s HOLDFAST_KEY=%2$s HOLDFAST_REPOSITORIES=%4$s

        # an S3 repository in the embedded store
        curl -sS --fail-with-body -X PUT "$HOLDFAST/api/v1/repositories/s3" -H "Authorization: Bearer $HOLDFAST_KEY" \\
          -H 'Content-Type: application/json' -d '{"type":"S3","s3":{"endpoint":"%6$s","bucket":"%7$s","credentialsRef":"%8$s"}}'

        # a cluster; its login goes into the credentials file first
        curl -sS --fail-with-body -X PUT "$HOLDFAST/api/v1/clusters/orders" -H "Authorization: Bearer $HOLDFAST_KEY" \\
          -H 'Content-Type: application/json' -d '{"repository":"s3","credentialsRef":"orders-db","nodes":[{"name":"pg-1","host":"127.0.0.1","port":5432}]}'

        # a backup of it, and the wait for its proof
        curl -sS --fail-with-body -X POST "$HOLDFAST/api/v1/clusters/orders/backups?wait=50" -H "Authorization: Bearer $HOLDFAST_KEY" \\
          -H 'Content-Type: application/json' -d '{"method":"LOGICAL"}'
        """
        .formatted(
            stack.apiUrl(),
            stack.adminKey(),
            stack.credentialsFile(),
            stack.repositoriesRoot(),
            stack.restoresRoot(),
            stack.s3().endpoint(),
            Stack.BUCKET,
            Stack.S3_REFERENCE);
  }
}
