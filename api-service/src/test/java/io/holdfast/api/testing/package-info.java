/**
 * What the tests of the service stand on: a real catalog, a real broker, the far end of the wire.
 */
package io.holdfast.api.testing;
