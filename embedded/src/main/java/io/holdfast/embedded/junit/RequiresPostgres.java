package io.holdfast.embedded.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test needs PostgreSQL of certain majors. Where none is installed it is skipped and says how
 * to prepare one; where one was prepared and is not found it fails.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(InstalledPostgres.class)
public @interface RequiresPostgres {
  /** This major or a later one. */
  int value() default 0;

  /** An earlier major than this one. */
  int before() default Integer.MAX_VALUE;

  /** What it must have beside the server. */
  String program() default "postgres";
}
