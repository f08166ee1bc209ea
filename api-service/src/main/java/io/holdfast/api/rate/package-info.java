/** Keeps one caller from taking the service away from the others. Knows keys by their id only. */
package io.holdfast.api.rate;
