/**
 * What the control plane itself must keep secret, by name: a declaration carries the name, and the
 * value is read from this service's own configuration when it is used. Knows nothing of its users.
 */
package io.holdfast.api.secret;
