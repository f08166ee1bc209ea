/** What happened, in the past participle, as a worker reports it on {@code holdfast.events}. */
package io.holdfast.model.event;
