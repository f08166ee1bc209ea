package io.holdfast.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.holdfast.api", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule MESSAGING_AT_THE_EDGES =
      noClasses()
          .that()
          .haveSimpleNameNotEndingWith("OutboxRelay")
          .and()
          .haveSimpleNameNotEndingWith("JobEventConsumer")
          .and()
          .resideOutsideOfPackage("io.holdfast.api.hearing")
          .and()
          .haveNameNotMatching(".*_Subclass|.*_ClientProxy|.*_Bean")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.eclipse.microprofile.reactive.messaging..", "org.apache.kafka..")
          .because("what Kafka does to a thread or an offset is understood in three places only");

  @ArchTest
  static final ArchRule NO_ENTITIES_IN_RESOURCES =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("Resource")
          .should()
          .dependOnClassesThat()
          .haveSimpleNameEndingWith("Entity")
          .because("a row must not become a promise to callers");

  @ArchTest
  static final ArchRule HTTP_IN_RESOURCES =
      noClasses()
          .that()
          .haveNameNotMatching(".*Resource(\\$.*|_.*)?")
          .and()
          .resideOutsideOfPackage("io.holdfast.api.problem")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jakarta.ws.rs..")
          .because("what is decided must not depend on the way it was asked for");

  @ArchTest
  static final ArchRule TIME_IS_A_CLOCK =
      noClasses()
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .because("a test moves a clock; it does not wait");

  @ArchTest
  static final ArchRule NEVER_THE_WORKER =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.holdfast.worker..", "io.holdfast.embedded..")
          .because("the two sides share words only, so that each can be upgraded alone");

  @ArchTest
  static final ArchRule NO_SLEEP =
      noClasses()
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .because("a wait has a reason that can be awaited");

  @ArchTest
  static final ArchRule NO_CATCH_ALL_NAMES =
      noClasses()
          .should()
          .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")
          .because("such a name says nothing about a duty");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices()
          .matching("io.holdfast.api.(*)..")
          .should()
          .beFreeOfCycles()
          .because("a package is read on its own");
}
