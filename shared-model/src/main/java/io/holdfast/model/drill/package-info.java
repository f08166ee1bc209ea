/** Drills: a restore for proof, measured against the cluster's targets. */
package io.holdfast.model.drill;
