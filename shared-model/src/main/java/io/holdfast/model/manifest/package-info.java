/** What a committed backup is: the record that decides whether it exists. */
package io.holdfast.model.manifest;
