package io.holdfast.worker.secret;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * An OpenPGP key.
 *
 * @param publicKeyFile as {@code gpg --export} writes it, armoured or not
 * @param secretKeyFile as {@code gpg --export-secret-keys} writes it; null where this worker shall
 *     not have it
 * @param passphraseFile of the secret key; null when it has none
 * @param signs whether manifests that it signed are believed
 */
public record OpenPgpKey(
    @JsonProperty(required = true) String publicKeyFile,
    String secretKeyFile,
    String passphraseFile,
    boolean signs) {}
