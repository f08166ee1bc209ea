/**
 * Tokens that other services sign: the workload tokens of CI platforms, or of a company's own
 * identity provider. An issuer is declared in the configuration with the rules by which claims
 * become roles and clusters; a token that no rule names opens nothing.
 */
package io.holdfast.api.oidc;
