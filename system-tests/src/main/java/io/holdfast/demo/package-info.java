/**
 * {@code ./dev demo}: the product's main job on a real PostgreSQL cluster, seen as a user of the
 * REST API sees it. Exits 0 only when what came back equals what went in.
 */
package io.holdfast.demo;
