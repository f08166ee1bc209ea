/**
 * How much of what workers said has reached the catalog: nobody is taken for silent while this
 * service could not listen. Knows Kafka's offsets and nothing about jobs.
 */
package io.holdfast.api.hearing;
