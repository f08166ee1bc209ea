/**
 * The recovery kit: what a person needs to bring a cluster's data back when Holdfast is gone, as a
 * page to print or a text whose commands can be run.
 */
package io.holdfast.api.kit;
