/** GnuPG as it is installed on the machine: keys are made, and messages read, by the real one. */
package io.holdfast.embedded.gpg;
