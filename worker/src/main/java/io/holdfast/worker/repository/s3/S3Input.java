package io.holdfast.worker.repository.s3;

import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.repository.Retry;
import io.minio.GetObjectResponse;
import java.io.IOException;
import java.io.InputStream;

/**
 * An object's bytes. A connection that breaks half way is opened again where it broke, for the same
 * object by its entity tag; when that does not help, reading fails with a code of the repository.
 */
final class S3Input extends InputStream {
  private final S3Calls calls;
  private final String key;
  private final Retry retry;
  private final String etag;
  private GetObjectResponse response;
  private long position;

  S3Input(S3Calls calls, String key, Retry retry) {
    this.calls = calls;
    this.key = key;
    this.retry = retry;
    this.response = calls.get(key, 0, null);
    this.etag = response.headers().get("ETag");
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    int read = retry.call(() -> readOnce(buffer, offset, length));
    position += Math.max(0, read);
    return read;
  }

  private int readOnce(byte[] buffer, int offset, int length) {
    try {
      if (response == null) {
        response = calls.get(key, position, etag.replace("\"", ""));
      }
      return response.read(buffer, offset, length);
    } catch (IOException e) {
      JobFailure broken = S3Errors.translate("read", key, e);
      try {
        close();
      } catch (IOException onClose) {
        broken.addSuppressed(onClose);
      }
      throw broken;
    }
  }

  @Override
  public void close() throws IOException {
    if (response != null) {
      GetObjectResponse open = response;
      response = null;
      open.close();
    }
  }
}
