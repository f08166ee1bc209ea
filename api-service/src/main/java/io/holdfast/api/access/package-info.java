/**
 * Who is calling and what they may do: API keys, roles, cluster scopes. Refusals say 401 for a key
 * that opens nothing, 403 for a role that is missing and 404 for what lies outside the scope.
 */
package io.holdfast.api.access;
