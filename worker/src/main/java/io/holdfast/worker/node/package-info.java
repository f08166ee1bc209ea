/**
 * Which node of a cluster a backup reads from: probes, a pure choice with reasons, and the waiting
 * that the policy allows.
 */
package io.holdfast.worker.node;
