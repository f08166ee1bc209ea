package io.holdfast.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;

@AnalyzeClasses(
    packages = "io.holdfast.worker",
    importOptions = ImportOption.DoNotIncludeTests.class)
class WorkerArchitectureTest {
  private static final String ROOT = "io.holdfast.worker";

  @ArchTest
  static final ArchRule messagingAtTheEdgeOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".job")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.eclipse.microprofile.reactive..", "io.smallrye..", "org.apache.kafka..")
          .because("a verb must be testable without a broker, and bytes move without one");

  @ArchTest
  static final ArchRule roomsDoNotKnowTheJob =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".job")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + ".job")
          .because("the job knows its steps; a step that knew its job could skip the others");

  @ArchTest
  static final ArchRule minioInItsDriverOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".repository.s3")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.minio..")
          .because("a store is replaced or upgraded in one package");

  @ArchTest
  static final ArchRule bouncyCastleForOpenPgpOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".openpgp")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bouncycastle..")
          .because("the JDK encrypts everything else, and a library is replaced in one package");

  @ArchTest
  static final ArchRule envelopesNeedTheJdkOnly =
      classes()
          .that()
          .resideInAPackage(ROOT + ".envelope")
          .and()
          .haveSimpleNameNotEndingWith("Test")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "javax.crypto..", ROOT + ".envelope")
          .because("these classes alone are the program that opens objects without Holdfast");

  @ArchTest
  static final ArchRule childrenInOneClassOnly =
      noClasses()
          .that()
          .haveNameNotMatching(".*\\.process\\.ChildProcess(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class)
          .because("orphans, secrets in arguments and unread pipes are prevented in one place");

  @ArchTest
  static final ArchRule timeIsAClock =
      noClasses()
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .because("a test moves a clock; it does not wait");

  @ArchTest
  static final ArchRule sourcesAndRepositoriesAreStrangers =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".repository..", ROOT + ".codec..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + ".source..", ROOT + ".node..", ROOT + ".target..")
          .because("bytes have one way in and one way out; only transfer joins the two");

  @ArchTest
  static final ArchRule roomsAreStrangers =
      slices()
          .assignedFrom(new Rooms())
          .should()
          .notDependOnEachOther()
          .because("a room is replaced without a look at the others; the verbs join them");

  @ArchTest
  static final ArchRule noHttp =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.ws.rs..", "io.holdfast.api..", "io.holdfast.embedded..")
          .because("the data plane is told what to do by commands, and answers by events");

  @ArchTest
  static final ArchRule noCycles =
      slices()
          .matching(ROOT + ".(*)..")
          .should()
          .beFreeOfCycles()
          .because("a reader must be able to begin somewhere");

  @ArchTest
  static final ArchRule namesTellADuty =
      noClasses()
          .should()
          .haveNameMatching(".*(Util|Helper|Manager|Impl)")
          .because("such a name says nothing about what the class is for");

  /** The rooms that may not know each other. */
  private static final class Rooms implements SliceAssignment {
    private static final List<String> NAMES =
        List.of("source", "target", "codec", "repository", "node");

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return NAMES.stream()
          .filter(room -> (type.getPackageName() + ".").startsWith(ROOT + "." + room + "."))
          .findFirst()
          .map(SliceIdentifier::of)
          .orElse(SliceIdentifier.ignore());
    }

    @Override
    public String getDescription() {
      return "source, target, codec, repository and node";
    }
  }
}
