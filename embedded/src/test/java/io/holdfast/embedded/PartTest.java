package io.holdfast.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.process.Folders;
import io.holdfast.embedded.process.Ports;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartTest {
  private final Path folder = Folders.temporary("part");

  @AfterEach
  void clean() {
    Folders.delete(folder);
  }

  @Test
  void comesBackAfterTheBrokerWasKilled() throws Exception {
    try (Broker broker = new Broker(folder, Ports.free(), true)) {
      broker.start();
      try (Admin admin = admin(broker)) {
        admin.createTopics(Set.of(new NewTopic("kept", 1, (short) 1))).all().get();
      }
      broker.kill();
      broker.start();
      try (Admin admin = admin(broker)) {
        assertThat(admin.listTopics().names().get()).containsExactly("kept");
      }
    }
  }

  private static Admin admin(Broker broker) {
    return Admin.create(Map.<String, Object>of("bootstrap.servers", "127.0.0.1:" + broker.port()));
  }

  @Test
  void comesBackAfterTheStoreWasKilled() throws IOException {
    try (Store store = new Store(folder, Ports.free(), true, "access", "secret")) {
      store.start();
      store.kill();
      assertThat(Files.isDirectory(store.folderOf(Stack.BUCKET))).isTrue();
      store.start();
      var answer = (HttpURLConnection) URI.create(store.endpoint()).toURL().openConnection();
      assertThat(answer.getResponseCode()).isEqualTo(403);
    }
  }
}
