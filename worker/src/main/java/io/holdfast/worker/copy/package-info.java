/**
 * The copy verb: a backup, or archived WAL, from one repository to another, the same bytes under
 * the same keys. May use repositories, manifests, chains and transfers; knows no database.
 */
package io.holdfast.worker.copy;
