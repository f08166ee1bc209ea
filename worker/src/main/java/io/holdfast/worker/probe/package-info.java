/**
 * The probe and check verbs: what a repository and a cluster can do, found by trying. May use
 * {@code repository} and {@code check}.
 */
package io.holdfast.worker.probe;
