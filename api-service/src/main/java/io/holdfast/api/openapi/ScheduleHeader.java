package io.holdfast.api.openapi;

import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;

/** The header by which a request says which schedule it is made for, where it can be. */
final class ScheduleHeader {
  private static final Set<String> TAKEN_BY =
      Set.of(
          "createBackup",
          "createVerification",
          "createDrill",
          "createExpiration",
          "createCopy",
          "createScan");

  private ScheduleHeader() {}

  static void describe(Operation operation) {
    if (TAKEN_BY.contains(operation.getOperationId())) {
      operation.addParameter(
          OASFactory.createParameter()
              .name("Holdfast-Schedule")
              .in(Parameter.In.HEADER)
              .description(
                  "Name of the external schedule that this request is made for: its run that is due"
                      + " becomes this job")
              .schema(OASFactory.createSchema().type(List.of(Schema.SchemaType.STRING))));
    }
  }
}
