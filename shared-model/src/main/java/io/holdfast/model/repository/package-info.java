/** Where backups live, as a command carries it, and what a probe found it can do. */
package io.holdfast.model.repository;
