/** Write-ahead log: how it is named, how it is archived, and what of it is there. */
package io.holdfast.model.wal;
