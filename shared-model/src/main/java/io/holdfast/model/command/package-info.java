/** What is asked of a worker. Signed by the API, checked by the worker. */
package io.holdfast.model.command;
