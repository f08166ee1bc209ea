/**
 * PostgreSQL servers and streaming clusters from the machine's own binaries, whichever majors are
 * installed, as root or not. Uses {@code process} and JDBC.
 */
package io.holdfast.embedded.postgres;
