/** Whether a cluster could be backed up and, if not, what to do: a sentence for each thing. */
package io.holdfast.worker.check;
