/**
 * The worker's own secrets and limits: what a reference resolves to, where it may be sent, and
 * which directories a command may name. Nothing of it ever leaves the worker.
 */
package io.holdfast.worker.secret;
