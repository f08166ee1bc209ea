package io.holdfast.api.testing;

import java.util.function.Consumer;

/**
 * A stack of its own for a test that takes the broker away: gives every field of type {@code
 * Consumer<Boolean>} a switch.
 */
public final class SwitchedBroker extends StackResource {
  @Override
  public void inject(TestInjector injector) {
    Consumer<Boolean> broker = this::broker;
    injector.injectIntoFields(broker, new TestInjector.MatchesType(Consumer.class));
  }
}
