package io.holdfast.embedded.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
  private static final byte[] HELLO = {1, 2, 3, 4, 5, 6, 7, 8};

  private ServerSocket echo;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual().start(this::serve);
    proxy = FaultProxy.to("127.0.0.1", echo.getLocalPort());
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        Socket socket = echo.accept();
        Thread.ofVirtual().start(() -> echo(socket));
      } catch (IOException e) {
        if (!echo.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException expectedAfterACut) {
      assertThat(socket.isClosed()).isTrue();
    }
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", proxy.port());
    socket.setSoTimeout(300);
    return socket;
  }

  private static byte[] exchange(Socket socket) throws IOException {
    socket.getOutputStream().write(HELLO);
    return socket.getInputStream().readNBytes(HELLO.length);
  }

  @Test
  void passesUntilToldOtherwise() throws IOException {
    try (Socket socket = connect()) {
      assertThat(exchange(socket)).isEqualTo(HELLO);
    }
    assertThat(proxy.fired()).isZero();
  }

  @Test
  void cutsAfterSoManyBytesAndThenPassesAgain() throws IOException {
    proxy.set(new Fault.CutAfter(Direction.TO_CLIENT, 3));
    try (Socket socket = connect()) {
      assertThatThrownBy(() -> exchange(socket)).hasMessageContaining("reset");
    }
    assertThat(proxy.fired()).isEqualTo(1);
    try (Socket socket = connect()) {
      assertThat(exchange(socket)).isEqualTo(HELLO);
    }
  }

  @Test
  void cutsEveryConnectionAtOnce() throws IOException {
    try (Socket socket = connect()) {
      assertThat(exchange(socket)).isEqualTo(HELLO);
      proxy.cut();
      assertThatThrownBy(() -> exchange(socket)).isInstanceOf(IOException.class);
    }
    assertThat(proxy.fired()).isEqualTo(1);
  }

  @Test
  void stallsWithoutClosingAndLetsFlowAgain() throws IOException {
    proxy.set(new Fault.StallAfter(Direction.TO_SERVER, 3));
    try (Socket socket = connect()) {
      socket.getOutputStream().write(HELLO);
      assertThat(socket.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(proxy.fired()).isEqualTo(1);
      proxy.pass();
      assertThat(socket.getInputStream().readNBytes(5)).containsExactly(4, 5, 6, 7, 8);
    }
  }

  @Test
  void flipsOneBitOfOneByte() throws IOException {
    proxy.set(new Fault.Flip(Direction.TO_SERVER, 9));
    try (Socket socket = connect()) {
      assertThat(exchange(socket)).isEqualTo(HELLO);
      assertThat(exchange(socket)).containsExactly(1, 3, 3, 4, 5, 6, 7, 8);
      assertThat(exchange(socket)).isEqualTo(HELLO);
    }
    assertThat(proxy.fired()).isEqualTo(1);
  }

  @Test
  void refusesNewConnectionsUntilItPasses() throws IOException {
    proxy.set(new Fault.Refuse());
    try (Socket socket = connect()) {
      assertThatThrownBy(() -> exchange(socket)).isInstanceOf(IOException.class);
    }
    Await.until("the refusal is counted", Duration.ofSeconds(5), () -> proxy.fired() == 1);
    proxy.pass();
    try (Socket socket = connect()) {
      assertThat(exchange(socket)).isEqualTo(HELLO);
    }
  }

  @Test
  void answersThatTheServiceIsUnavailableUntilItPasses() throws IOException {
    proxy.set(new Fault.Unavailable());
    try (Socket socket = connect()) {
      socket.getOutputStream().write("PUT / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 503 ").contains("Content-Length: 0");
      assertThat(proxy.fired()).isEqualTo(1);
    }
    proxy.pass();
    try (Socket socket = connect()) {
      socket.getOutputStream().write(HELLO);
      assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
    }
  }

  @Test
  void isUnavailableFromTheRequestOnThatNamesSomething() throws IOException {
    proxy.set(new Fault.UnavailableFrom("/second"));
    assertThat(answer("GET /first HTTP/1.1\r\nReferer: /second\r\n\r\n")).startsWith("GET /first");
    assertThat(proxy.fired()).isZero();

    assertThatThrownBy(() -> answer("GET /second HTTP/1.1\r\n\r\n"))
        .isInstanceOf(IOException.class);

    assertThat(answer("GET /first HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 503 ");
    assertThat(proxy.fired()).isEqualTo(1);
  }

  /** What comes back of a request before its client ends the connection. */
  private String answer(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] answer = new byte[request.length()];
      int length = socket.getInputStream().read(answer);
      return new String(answer, 0, Math.max(0, length), StandardCharsets.US_ASCII);
    }
  }
}
