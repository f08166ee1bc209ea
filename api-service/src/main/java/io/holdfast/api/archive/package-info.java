/**
 * Archiving of WAL, as declared: what the database server must be told, what workers are told, and
 * how often they are asked to look.
 */
package io.holdfast.api.archive;
