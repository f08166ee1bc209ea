/** What a scan of a repository finds: backups, archives, declarations, and what is odd. */
package io.holdfast.model.scan;
