/**
 * The words both sides speak: value types, commands, events and the manifest.
 *
 * <p>Uses the JDK and the Jackson annotations only; databind is confined to {@code wire}.
 */
package io.holdfast.model;
