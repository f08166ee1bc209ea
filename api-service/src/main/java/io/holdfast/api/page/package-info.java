/** Lists in bounded pages of a stable order. */
package io.holdfast.api.page;
