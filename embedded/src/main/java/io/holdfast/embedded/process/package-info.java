/**
 * Child processes, free ports and bounded waiting: what every embedded part needs from the machine.
 * The only package of the module that starts processes.
 */
package io.holdfast.embedded.process;
