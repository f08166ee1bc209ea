/** The same request twice starts the same job once. */
package io.holdfast.api.idempotency;
