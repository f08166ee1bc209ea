/** Every error as an RFC 9457 problem document with a stable code and a hint. */
package io.holdfast.api.problem;
