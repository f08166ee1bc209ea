package io.holdfast.embedded.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test needs programs that not every machine has. Where one of them is missing it is skipped
 * and says what to install; where it was prepared and is missing the test fails.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(InstalledPrograms.class)
public @interface RequiresProgram {
  /** Each must be on the PATH. */
  String[] value();

  /** What to install, as it follows on "install". */
  String install();

  /**
   * A command that must succeed, where the programs alone do not do: it asks for their libraries,
   * or for what they fetch. None: they do.
   */
  String[] proof() default {};
}
