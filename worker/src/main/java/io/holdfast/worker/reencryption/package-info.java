/**
 * The verbs that put what is stored under other keys: a backup as a second one beside it, WAL file
 * by file in its place. May use repositories, manifests, chains, transfers and seals; knows no
 * database.
 */
package io.holdfast.worker.reencryption;
