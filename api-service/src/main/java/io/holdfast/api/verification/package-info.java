/** Proving backups: asking for it, and what came of it. */
package io.holdfast.api.verification;
