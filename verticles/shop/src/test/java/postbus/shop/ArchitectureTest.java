package postbus.shop;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import postbus.node.NodeService;

/** The borders that keep services services. */
class ArchitectureTest {
    private static final Set<String> SERVICES =
            ShopMain.SERVICES.stream().map(NodeService::name).collect(Collectors.toSet());

    private static JavaClasses product;

    @BeforeAll
    static void read() {
        product = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("postbus");
    }

    @Test
    void services_meet_only_in_messages() {
        for (var service : SERVICES) {
            noClasses()
                    .that()
                    .resideInAPackage("postbus." + service + "..")
                    .should()
                    .dependOnClassesThat(ofAServiceOtherThan(service))
                    .check(product);
        }
    }

    @Test
    void what_is_shared_knows_no_service() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "postbus.messaging..", "postbus.contracts..", "postbus.node..", "postbus.postgres..")
                .should()
                .dependOnClassesThat(ofAServiceOtherThan(""))
                .check(product);
    }

    @Test
    void the_library_knows_no_contract_and_no_node() {
        noClasses()
                .that()
                .resideInAPackage("postbus.messaging..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("postbus.contracts..", "postbus.node..", "postbus.postgres..")
                .check(product);
    }

    @Test
    void packages_of_the_library_have_no_cycles() {
        slices().matching("postbus.messaging.(*)..").should().beFreeOfCycles().check(product);
    }

    @Test
    void a_service_shows_nothing_but_its_main_class() {
        classes()
                .that(new DescribedPredicate<>("are classes of a service") {
                    @Override
                    public boolean test(JavaClass type) {
                        // What is below is one service's own: another one using it is the first of these tests
                        return SERVICES.contains(serviceOf(type))
                                && type.getPackageName().equals("postbus." + serviceOf(type));
                    }
                })
                .and()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .should()
                .haveSimpleNameEndingWith("Main")
                .check(product);
    }

    @Test
    void nobody_sleeps_or_prints_stack_traces_in_services() {
        noClasses()
                .that()
                .resideInAnyPackage("postbus.messaging..", "postbus.node..")
                .or(new DescribedPredicate<>("are of a service") {
                    @Override
                    public boolean test(JavaClass type) {
                        return SERVICES.contains(serviceOf(type));
                    }
                })
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(product);
    }

    private static DescribedPredicate<JavaClass> ofAServiceOtherThan(String service) {
        return new DescribedPredicate<>("are of a service other than '" + service + "'") {
            @Override
            public boolean test(JavaClass type) {
                var other = serviceOf(type);
                return SERVICES.contains(other) && !other.equals(service);
            }
        };
    }

    private static String serviceOf(JavaClass type) {
        var parts = type.getPackageName().split("\\.", 3);
        return parts.length > 1 && parts[0].equals("postbus") ? parts[1] : "";
    }
}
