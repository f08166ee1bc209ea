/**
 * Copies of backups and WAL in further repositories: asked for, made by themselves, and how far
 * they are.
 */
package io.holdfast.api.copy;
