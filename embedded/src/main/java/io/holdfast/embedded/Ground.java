package io.holdfast.embedded;

import io.holdfast.embedded.postgres.Login;

/**
 * What the services of a {@link Stack} stand on: a broker, a store and the catalog's database, the
 * stack's own or others, such as those in containers. Whoever started them stops them.
 *
 * @param s3Endpoint a store in which the bucket {@link Stack#BUCKET} exists
 * @param catalogUrl of an empty database, as a JDBC URL
 * @param catalogLogin the owner of that database
 */
public record Ground(
    String kafkaBootstrap,
    String s3Endpoint,
    String s3AccessKey,
    String s3SecretKey,
    String catalogUrl,
    Login catalogLogin) {}
