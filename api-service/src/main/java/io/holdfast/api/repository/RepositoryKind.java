package io.holdfast.api.repository;

import io.holdfast.api.declared.DeclaredKind;
import io.holdfast.api.declared.DeclaredName;
import io.holdfast.api.declared.PlanView;
import io.holdfast.api.declared.Precondition;
import io.holdfast.api.page.Cursor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/** Repositories in files. */
@ApplicationScoped
public class RepositoryKind implements DeclaredKind<RepositoryRequest> {
  @Inject RepositoryService repositories;

  @Override
  public String kind() {
    return "Repository";
  }

  @Override
  public int order() {
    return 10;
  }

  @Override
  public Class<RepositoryRequest> form() {
    return RepositoryRequest.class;
  }

  @Override
  public String path(DeclaredName name) {
    return "/api/v1/repositories/" + name.name();
  }

  @Override
  public boolean exists(DeclaredName name) {
    return RepositoryEntity.findById(name.name()) != null;
  }

  @Override
  public PlanView plan(DeclaredName name, RepositoryRequest form) {
    return repositories.put(name.name(), form, whatever(name), true).view().plan();
  }

  @Override
  public long put(DeclaredName name, RepositoryRequest form) {
    return repositories.put(name.name(), form, whatever(name), false).version();
  }

  @Override
  public void delete(DeclaredName name) {
    repositories.delete(name.name(), whatever(name));
  }

  @Override
  public List<Named<RepositoryRequest>> declarations() {
    List<Named<RepositoryRequest>> all = new ArrayList<>();
    String cursor = null;
    do {
      RepositoryView.Page page = repositories.list(Cursor.MAX_LIMIT, cursor);
      page.items()
          .forEach(
              view ->
                  all.add(
                      new Named<>(
                          DeclaredName.of(view.name()),
                          new RepositoryRequest(
                              view.type(),
                              view.pool(),
                              view.s3(),
                              view.filesystem(),
                              view.capacityBytes()))));
      cursor = page.nextCursor();
    } while (cursor != null);
    return all;
  }

  private Precondition whatever(DeclaredName name) {
    return new Precondition(exists(name) ? "*" : null, null);
  }
}
