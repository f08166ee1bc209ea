/** A replication group as declared, as observed, and the choice of the node to read from. */
package io.holdfast.model.cluster;
