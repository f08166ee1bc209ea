/** Clusters: as declared, and their topology as workers last saw it. */
package io.holdfast.api.cluster;
