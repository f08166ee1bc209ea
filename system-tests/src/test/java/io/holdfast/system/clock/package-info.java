/** A clock for services whose time a test moves. Uses nothing but the JDK: it is all they get. */
package io.holdfast.system.clock;
