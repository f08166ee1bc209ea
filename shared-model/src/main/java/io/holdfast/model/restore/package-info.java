/** What to bring back and where, as a command carries it. */
package io.holdfast.model.restore;
