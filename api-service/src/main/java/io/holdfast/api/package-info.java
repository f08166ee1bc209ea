/** The control plane. One package for each thing it does; this one holds what all of them share. */
package io.holdfast.api;
