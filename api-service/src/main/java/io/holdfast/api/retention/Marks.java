package io.holdfast.api.retention;

import io.holdfast.api.ledger.ArchivedWal;
import io.holdfast.api.ledger.ArchivedWal.Question;
import io.holdfast.api.retention.RetentionFacts.Written;
import io.holdfast.model.Lsn;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The ledger's marks, as far as plans ask for them. What a plan asks shows only while it is made:
 * so it is made, all that was asked is looked up at once, and what had asked is made again. For one
 * thread and one transaction.
 */
final class Marks {
  private final ArchivedWal archives;
  private final Map<Question, Optional<Lsn>> answers = new HashMap<>();
  private final Set<Question> open = new LinkedHashSet<>();
  private boolean lacking;

  Marks(ArchivedWal archives) {
    this.archives = archives;
  }

  /** Those of a cluster, for facts of which {@link #plans} are made. */
  Written of(String cluster) {
    return (timeline, moment) -> answer(new Question(cluster, timeline, moment));
  }

  private Optional<Lsn> answer(Question question) {
    Optional<Lsn> known = answers.get(question);
    if (known == null) {
      lacking = true;
      open.add(question);
      return Optional.empty();
    }
    return known;
  }

  <P> Map<P, RetentionPlan> plans(Map<P, RetentionFacts> facts) {
    Map<P, RetentionPlan> plans = new HashMap<>();
    Map<P, RetentionFacts> left = facts;
    while (!left.isEmpty()) {
      Map<P, RetentionFacts> again = new LinkedHashMap<>();
      left.forEach(
          (of, known) -> {
            lacking = false;
            RetentionPlan plan = RetentionPlanner.plan(known);
            if (lacking) {
              again.put(of, known);
            } else {
              plans.put(of, plan);
            }
          });
      lookUp();
      left = again;
    }
    return plans;
  }

  private void lookUp() {
    if (!open.isEmpty()) {
      Map<Question, Lsn> found = archives.writtenBefore(List.copyOf(open));
      open.forEach(question -> answers.put(question, Optional.ofNullable(found.get(question))));
      open.clear();
    }
  }
}
