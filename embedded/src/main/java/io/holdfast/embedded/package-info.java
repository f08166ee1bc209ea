/**
 * The whole system on one machine, without containers: {@link io.holdfast.embedded.Stack} for tests
 * and the demo, {@link io.holdfast.embedded.StackMain} for {@code ./dev up}. Uses the packages
 * below it, which do not know it.
 */
package io.holdfast.embedded;
