/** The verb drill: a restore into a throw-away server, judged and measured. */
package io.holdfast.worker.drill;
