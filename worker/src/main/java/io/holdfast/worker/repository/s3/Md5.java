package io.holdfast.worker.repository.s3;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** The digest that S3 speaks: in the Content-MD5 header, and in most entity tags. */
record Md5(byte[] digest) {
  static Md5 of(PartBuffer part) {
    MessageDigest md5 = algorithm();
    md5.update(part.array(), 0, part.length());
    return new Md5(md5.digest());
  }

  /** The entity tag that most stores give an object of several parts. */
  static String etagOf(List<Md5> parts) {
    MessageDigest md5 = algorithm();
    parts.forEach(part -> md5.update(part.digest()));
    return HexFormat.of().formatHex(md5.digest()) + "-" + parts.size();
  }

  String base64() {
    return Base64.getEncoder().encodeToString(digest);
  }

  String hex() {
    return HexFormat.of().formatHex(digest);
  }

  private static MessageDigest algorithm() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }
}
