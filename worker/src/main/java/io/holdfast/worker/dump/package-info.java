/** What a dump holds and whether it is whole. Used by sources, targets and verification alike. */
package io.holdfast.worker.dump;
