package io.holdfast.embedded.junit;

import io.holdfast.embedded.fault.SmallDisk;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** The test needs a {@link SmallDisk}. Where none can be mounted it is skipped and says why. */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MountableDisk.class)
public @interface RequiresSmallDisk {}
