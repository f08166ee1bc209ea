/** JSON and signatures: the only place that sees databind. */
package io.holdfast.model.wire;
