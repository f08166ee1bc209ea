/** What tests say of the machine that they need. Uses {@code postgres} and JUnit. */
package io.holdfast.embedded.junit;
