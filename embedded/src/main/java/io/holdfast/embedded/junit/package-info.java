/**
 * What tests say of the machine that they need. Uses {@code fault}, {@code postgres}, {@code
 * process} and JUnit.
 */
package io.holdfast.embedded.junit;
