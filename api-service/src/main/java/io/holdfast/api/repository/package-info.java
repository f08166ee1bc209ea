/** Repositories: where backups live, as declared, and what a worker found when it probed them. */
package io.holdfast.api.repository;
