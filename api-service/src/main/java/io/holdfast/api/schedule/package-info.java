/**
 * When what is to run by itself: schedules of clusters and repositories, every due run as a row
 * before it is due, and its one outcome. Asks the features' services for what it wants to have
 * done, as a person with a key would; none of them knows of it.
 */
package io.holdfast.api.schedule;
