/** The S3 driver: the only package that knows the MinIO client. */
package io.holdfast.worker.repository.s3;
