package io.holdfast.api.cluster;

import io.holdfast.api.problem.ApiProblem;
import io.holdfast.api.repository.RepositoryService;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether the further repositories of a declaration are ones that can have copies. */
@ApplicationScoped
class CopyPlaces {
  @Inject RepositoryService repositories;

  /**
   * @throws ApiProblem 422
   */
  void check(ClusterRequest request) {
    List<ClusterCopy> copies = request.copies() == null ? List.of() : request.copies();
    Set<String> seen = new HashSet<>(Set.of(request.repository()));
    for (int i = 0; i < copies.size(); i++) {
      String field = "copies[" + i + "]";
      ClusterCopy copy = copies.get(i);
      if (!seen.add(copy.repository())) {
        throw ApiProblem.invalid(
            field + ".repository",
            "is the cluster's own repository, or named twice",
            "Name each further repository once.");
      }
      if (copy.storageClass() != null && !hasClasses(field, copy.repository())) {
        throw ApiProblem.invalid(
            field + ".storageClass",
            "needs a repository of type S3",
            "Leave it out, or name another repository.");
      }
    }
    for (int i = 0; i < copies.size(); i++) {
      boolean unused = hasClasses("copies[" + i + "]", copies.get(i).repository());
    }
  }

  /**
   * As they are kept: policies with their defaults filled in.
   *
   * @throws ApiProblem 422
   */
  static List<ClusterCopy> sound(List<ClusterCopy> copies) {
    List<ClusterCopy> sound = new ArrayList<>();
    for (int i = 0; i < copies.size(); i++) {
      ClusterCopy copy = copies.get(i);
      sound.add(
          copy.retention() == null
              ? copy
              : new ClusterCopy(
                  copy.repository(),
                  copy.storageClass(),
                  ClusterRetention.of(copy.retention(), "copies[" + i + "].retention").view()));
    }
    return sound;
  }

  private boolean hasClasses(String field, String name) {
    RepositorySpec spec;
    try {
      spec = repositories.spec(name);
    } catch (ApiProblem missing) {
      throw ApiProblem.invalid(
          field + ".repository",
          "there is no repository '" + name + "'",
          "Declare the repository first.");
    }
    return switch (spec) {
      case S3RepositorySpec s3 -> true;
      case FilesystemRepositorySpec directory -> false;
    };
  }
}
