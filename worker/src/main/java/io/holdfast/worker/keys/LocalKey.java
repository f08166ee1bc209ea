package io.holdfast.worker.keys;

import io.holdfast.model.ErrorCode;
import io.holdfast.worker.envelope.DataKey;
import io.holdfast.worker.envelope.KeyWrap;
import io.holdfast.worker.failure.JobFailure;
import java.util.UUID;
import javax.crypto.AEADBadTagException;

/** A key-encryption key that the worker itself has. */
record LocalKey(String name, KeyWrap key) implements KeyProvider {
  @Override
  public Keeper keeper() {
    return Keeper.LOCAL;
  }

  @Override
  public String fingerprint() {
    return key.fingerprint();
  }

  @Override
  public byte[] wrap(DataKey dataKey, String folder) {
    return key.wrap(dataKey, folder);
  }

  @Override
  public DataKey unwrap(byte[] wrapped, String folder, UUID id) {
    try {
      return key.unwrap(wrapped, folder, id);
    } catch (AEADBadTagException e) {
      throw new JobFailure(
          ErrorCode.KEY_REFUSED,
          "key '"
              + name
              + "' ("
              + fingerprint()
              + ") does not unwrap data key "
              + id
              + " of '"
              + folder
              + "'",
          "Another key of that name wrapped it, or its wrapped form was changed.",
          e);
    }
  }
}
