/** Who is calling and what they may do: API keys, roles, cluster scopes. */
package io.holdfast.api.access;
