/** Named points in the WAL of a cluster: asking for them and finding them again. */
package io.holdfast.api.restorepoint;
