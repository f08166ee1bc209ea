/** Drills: asking for a restore that proves something, and the report of what it found. */
package io.holdfast.api.drill;
