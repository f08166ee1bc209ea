/** A real S3 endpoint in this JVM, or in one of its own. Uses S3Proxy and the JDK only. */
package io.holdfast.embedded.s3;
