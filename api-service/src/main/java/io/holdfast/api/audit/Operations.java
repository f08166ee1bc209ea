package io.holdfast.api.audit;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.server.SimpleResourceInfo;

/** The operation that a resource method is, by the id that the published contract gives it. */
final class Operations {
  private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

  private Operations() {}

  static String id(SimpleResourceInfo resource) {
    String key = resource.getResourceClass().getName() + "#" + resource.getMethodName();
    return KNOWN.computeIfAbsent(key, unknown -> find(resource));
  }

  private static String find(SimpleResourceInfo resource) {
    for (Method method : resource.getResourceClass().getMethods()) {
      Operation operation = method.getAnnotation(Operation.class);
      if (operation != null
          && method.getName().equals(resource.getMethodName())
          && !operation.operationId().isEmpty()) {
        return operation.operationId();
      }
    }
    return resource.getMethodName();
  }
}
