/**
 * What lies in repositories, compared with the catalog both ways; and a catalog rebuilt from what
 * lies there. Nothing here deletes a backup, in either place.
 */
package io.holdfast.api.scan;
