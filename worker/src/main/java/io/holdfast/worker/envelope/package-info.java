/**
 * The format of envelope-encrypted objects, and the stand-alone program that reads it. Uses the JDK
 * and nothing else, so that its classes alone make a jar that runs anywhere. The format is
 * described in {@code docs/repository-format.md}.
 */
package io.holdfast.worker.envelope;
