/** How this replica itself is reached: the certificate that it shows. Knows no other feature. */
package io.holdfast.api.serving;
