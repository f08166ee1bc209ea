package io.holdfast.api.reencryption;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What {@code POST /clusters/{name}/reencryptions} takes. */
@Schema(name = "ReencryptionRequest")
public record ReencryptionRequest(
    @Schema(
            description =
                "The key that leaked: the name of a key-encryption key or of a recipient in the"
                    + " workers' credentials files, or a recipient's fingerprint",
            examples = "orders-2026")
        String key) {}
