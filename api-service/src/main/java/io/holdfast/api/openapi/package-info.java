/** What the published contract says about every operation, said once. */
package io.holdfast.api.openapi;
