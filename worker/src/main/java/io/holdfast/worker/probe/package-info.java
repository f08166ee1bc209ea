/** The probe verb: what a repository can do, found by trying. May use {@code repository}. */
package io.holdfast.worker.probe;
