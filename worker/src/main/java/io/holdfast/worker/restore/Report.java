package io.holdfast.worker.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a restore did, or would do.
 *
 * @param steps in order
 */
record Report(List<String> steps, Map<String, String> details) {
  Report() {
    this(new ArrayList<>(), new TreeMap<>());
  }
}
