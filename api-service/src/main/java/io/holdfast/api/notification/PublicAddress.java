package io.holdfast.api.notification;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Tells addresses of the public internet from all others (RFC 6890 and what came after). Pure. */
final class PublicAddress {
  private PublicAddress() {}

  static boolean is(InetAddress address) {
    boolean special =
        address.isAnyLocalAddress()
            || address.isLoopbackAddress()
            || address.isLinkLocalAddress()
            || address.isSiteLocalAddress()
            || address.isMulticastAddress();
    return !special
        && (address instanceof Inet4Address ? v4(address.getAddress()) : v6(address.getAddress()));
  }

  private static boolean v4(byte[] address) {
    int a = address[0] & 0xff;
    int b = address[1] & 0xff;
    int c = address[2] & 0xff;
    boolean thisNetwork = a == 0;
    boolean carrier = a == 100 && b >= 64 && b <= 127;
    boolean protocols = a == 192 && b == 0 && (c == 0 || c == 2);
    boolean relay = a == 192 && b == 88 && c == 99;
    boolean bench = a == 198 && (b == 18 || b == 19);
    boolean examples = a == 198 && b == 51 && c == 100 || a == 203 && b == 0 && c == 113;
    boolean reserved = a >= 240;
    return !(thisNetwork || carrier || protocols || relay || bench || examples || reserved);
  }

  /** Global unicast only, and none of it that carries an IPv4 address inside. */
  private static boolean v6(byte[] address) {
    boolean global = (address[0] & 0xe0) == 0x20;
    boolean sixToFour = (address[0] & 0xff) == 0x20 && (address[1] & 0xff) == 0x02;
    boolean special =
        (address[0] & 0xff) == 0x20 && (address[1] & 0xff) == 0x01 && (address[2] & 0xfe) == 0;
    boolean examples =
        (address[0] & 0xff) == 0x20
            && (address[1] & 0xff) == 0x01
            && (address[2] & 0xff) == 0x0d
            && (address[3] & 0xff) == 0xb8;
    return global && !sixToFour && !special && !examples;
  }
}
