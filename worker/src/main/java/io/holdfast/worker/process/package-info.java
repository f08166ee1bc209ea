/**
 * Child processes: started with a cleared environment, drained, judged by exit status, and never
 * left behind. The only package that starts one.
 */
package io.holdfast.worker.process;
