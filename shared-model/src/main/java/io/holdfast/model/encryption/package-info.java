/** How a cluster's backups and WAL are encrypted before they leave the worker. */
package io.holdfast.model.encryption;
