/** What to back up and how, as a command carries it. */
package io.holdfast.model.backup;
