package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import postbus.gateway.access.Access;
import postbus.gateway.access.AccessSettings;
import postbus.gateway.access.Rule;
import postbus.messaging.Problem;
import postbus.node.Settings;

@ExtendWith(Shop.Extension.class)
class ContractTest {
    /** What {@link Violations} has sentences for; a request schema has no other rules. */
    private static final Set<String> REQUEST_KEYWORDS = Set.of(
            "type",
            "description",
            "examples",
            "default",
            "required",
            "properties",
            "additionalProperties",
            "items",
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "pattern",
            "format",
            "x-rule");

    private static final Vertx VERTX = Vertx.vertx();

    private final Shop shop;

    ContractTest(Shop shop) {
        this.shop = shop;
    }

    @AfterAll
    static void close() {
        VERTX.close().await();
    }

    @Test
    void it_is_an_OpenAPI_3_1_contract() {
        var contract = Contract.load(VERTX).await();

        assertThat(contract.model().getVersion()).isEqualTo(OpenAPIVersion.V3_1);
        assertThat(contract.model().operations()).hasSizeGreaterThan(18);
    }

    @Test
    void what_is_no_contract_is_refused() {
        var text = VERTX.fileSystem().readFileBlocking(Contract.FILE).toString();
        var broken = Contract.parse(Buffer.buffer(text.replace("openapi: 3.1.0\ninfo:", "openapi: 3.1.0\ninfos:")));

        assertThatThrownBy(() -> OpenAPIContract.from(VERTX, broken).await()).hasMessageContaining("invalid");
    }

    @Test
    void every_operation_is_routed_and_every_route_is_an_operation() {
        var settings = GatewaySettings.of(Settings.of(Map.of()));
        var verticle = new GatewayVerticle(settings, () -> Router.router(VERTX), port -> {}, () -> false);
        var router = verticle.router(Contract.load(VERTX).await(), access(), VERTX);
        var routes = Stream.concat(router.getRoutes().stream(), shop.ops.getRoutes().stream())
                .filter(route -> route.getPath() != null && route.methods() != null)
                .flatMap(ContractTest::named)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(routes)
                .isEqualTo(operations().keySet().stream()
                        .map(name -> name.replaceAll("\\{[^}]*}", "*"))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static Stream<String> named(Route route) {
        var path = route.getPath().replaceAll(":[A-Za-z]+", "*");
        return route.methods().stream().map(method -> method + " " + path);
    }

    private static Access access() {
        return Access.open(VERTX, AccessSettings.of(Settings.of(Map.of()))).await();
    }

    private static Admission admission() {
        return new Admission(access(), new QuotaSettings(0, Duration.ofMinutes(1), List.of()));
    }

    private static EventStreams noStreams() {
        return new EventStreams(VERTX, 0, Duration.ofSeconds(15));
    }

    @Test
    void an_operation_that_nobody_answers_fails_the_start() {
        var routes = new Routes(VERTX, Contract.load(VERTX).await(), admission(), noStreams(), List.of());

        assertThatThrownBy(() -> routes.with(Router.router(VERTX)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("placeOrder");
    }

    @Test
    void an_answerer_for_what_is_no_operation_fails_the_start() {
        var routes = new Routes(VERTX, Contract.load(VERTX).await(), admission(), noStreams(), List.of());

        assertThatThrownBy(() -> routes.on("deleteOrder", request -> null)).hasMessageContaining("deleteOrder");
    }

    @Test
    void every_operation_is_described() {
        operations().forEach((name, operation) -> {
            for (var field : List.of("operationId", "summary", "description")) {
                assertThat(operation.getString(field)).as(name + " " + field).isNotBlank();
            }
            assertThat(operation.getJsonArray("tags")).as(name + " tags").hasSize(1);
        });
    }

    @Test
    void who_may_use_an_operation_is_said_at_it_or_it_is_open_to_anyone() {
        var open = Set.of(
                "GET /openapi.yaml",
                "GET /asyncapi.yaml",
                "GET /health/live",
                "GET /health/started",
                "GET /health/ready");
        var scopes = Set.of("orders:read", "orders:write", "catalog:write", "ops");
        operations().forEach((name, operation) -> {
            var security = operation.getJsonArray("security");
            assertThat(security).as(name).isNotNull();
            assertThat(security.isEmpty()).as(name + " is open").isEqualTo(open.contains(name));
            for (int i = 0; i < security.size(); i++) {
                var requirement = Documented.plain(security.getJsonObject(i));
                var needed = ((JsonObject) requirement).getJsonArray(Rule.SCHEME);
                assertThat(needed).as(name).allMatch(scopes::contains);
                if (name.contains("/ops/") || name.equals("GET /events") || name.equals("GET /metrics")) {
                    assertThat(needed).as(name).containsExactly("ops");
                }
            }
        });
    }

    @Test
    void every_operation_says_what_can_go_wrong() {
        operations().forEach((name, operation) -> {
            var responses = operation.getJsonObject("responses");
            assertThat(responses.fieldNames()).as(name).contains("400");
            if (operation.containsKey("requestBody")) {
                assertThat(responses.fieldNames()).as(name).contains("413", "415", "422");
            }
            if (!operation.getJsonArray("security").isEmpty()) {
                assertThat(responses.fieldNames()).as(name).contains("401", "429", "503");
            }
            if (!operation.getJsonArray("tags").contains("operations")) {
                assertThat(responses.fieldNames()).as(name).contains("500", "503");
            }
        });
    }

    @Test
    void every_schema_has_bounds() {
        schemas((where, schema) -> {
            switch (schema.getString("type")) {
                case "string" ->
                    assertThat(schema.containsKey("enum") || has(schema, "minLength", "maxLength"))
                            .as(where)
                            .isTrue();
                case "integer", "number" ->
                    assertThat(has(schema, "minimum", "maximum")).as(where).isTrue();
                case "array" ->
                    assertThat(has(schema, "minItems", "maxItems", "items"))
                            .as(where)
                            .isTrue();
                case "object" ->
                    assertThat(has(schema, "properties", "required")
                                    || has(schema, "minProperties", "maxProperties", "additionalProperties"))
                            .as(where)
                            .isTrue();
                case "boolean" -> {
                    // bounded by itself
                }
                default -> throw new AssertionError(where + " has the type " + schema.getString("type"));
            }
        });
    }

    private static boolean has(JsonObject schema, String... keywords) {
        return Stream.of(keywords).allMatch(schema::containsKey);
    }

    @Test
    void every_schema_by_name_is_described_and_has_an_example_that_fits() {
        var schemas = Documented.CONTRACT.getJsonObject("components").getJsonObject("schemas");
        Documented.names(schemas).forEach(name -> {
            var schema = schemas.getJsonObject(name);
            assertThat(schema.getString("description")).as(name).isNotBlank();
            assertThat(schema.getJsonArray("examples")).as(name).isNotEmpty();
        });
        schemas((where, schema) -> schema.getJsonArray("examples", new JsonArray())
                .forEach(example -> Documented.requireFits(where, schema, example)));
    }

    @Test
    void every_body_has_examples_that_fit() {
        contents((where, content) -> {
            var examples = content.getJsonObject("examples");
            assertThat(examples).as(where).isNotNull();
            Documented.names(examples)
                    .forEach(name -> Documented.requireFits(
                            where + " " + name,
                            content.getJsonObject("schema"),
                            examples.getJsonObject(name).getValue("value")));
        });
    }

    @Test
    void every_parameter_is_described_and_its_example_fits() {
        parameters((where, parameter) -> {
            assertThat(parameter.getString("description")).as(where).isNotBlank();
            Documented.requireFits(where, parameter.getJsonObject("schema"), parameter.getValue("example"));
        });
    }

    @Test
    void requests_take_no_fields_but_those_named() {
        requestSchemas((where, schema) -> {
            if (schema.getString("type").equals("object")) {
                assertThat(schema.getValue("additionalProperties")).as(where).isEqualTo(false);
            }
        });
    }

    @Test
    void no_text_of_a_request_may_have_the_character_zero_which_no_database_keeps() {
        requestSchemas((where, schema) -> {
            if (schema.getString("type").equals("string") && !schema.containsKey("enum")) {
                assertThat(Pattern.compile(schema.getString("pattern"))
                                .matcher("a\0")
                                .find())
                        .as(where)
                        .isFalse();
            }
        });
    }

    @Test
    void every_rule_of_a_request_can_be_told_in_a_sentence() {
        requestSchemas((where, schema) -> {
            assertThat(Documented.names(schema)).as(where).isSubsetOf(REQUEST_KEYWORDS);
            if (schema.containsKey("pattern") || schema.containsKey("format")) {
                assertThat(schema.getString("x-rule")).as(where).isNotBlank();
            }
        });
    }

    @Test
    void every_problem_that_a_service_may_answer_with_has_an_example() {
        var types = new TreeSet<String>();
        contents((where, content) -> Documented.names(content.getJsonObject("examples"))
                .map(name ->
                        content.getJsonObject("examples").getJsonObject(name).getValue("value"))
                .filter(JsonObject.class::isInstance)
                .map(value -> ((JsonObject) value).getString("type"))
                .filter(type -> type != null && type.startsWith("/problems/"))
                .forEach(types::add));

        assertThat(types)
                .isEqualTo(Stream.of(Problem.values())
                        .filter(problem -> problem != Problem.METHOD_NOT_ALLOWED) // of no operation
                        .map(problem -> "/problems/" + problem.slug())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    // Walking through the contract

    /** By method and path. */
    private static Map<String, JsonObject> operations() {
        var operations = new LinkedHashMap<String, JsonObject>();
        var paths = Documented.CONTRACT.getJsonObject("paths");
        Documented.names(paths)
                .forEach(path -> Documented.names(paths.getJsonObject(path))
                        .filter(method -> !method.equals("parameters"))
                        .forEach(method -> operations.put(
                                method.toUpperCase(java.util.Locale.ROOT) + " " + path,
                                paths.getJsonObject(path).getJsonObject(method))));
        return operations;
    }

    private static void parameters(BiConsumer<String, JsonObject> visitor) {
        var paths = Documented.CONTRACT.getJsonObject("paths");
        var lists = new ArrayList<JsonArray>();
        Documented.names(paths)
                .forEach(path -> lists.add(paths.getJsonObject(path).getJsonArray("parameters")));
        operations().values().forEach(operation -> lists.add(operation.getJsonArray("parameters")));
        lists.stream().filter(list -> list != null).flatMap(JsonArray::stream).forEach(parameter -> {
            var object = (JsonObject) parameter;
            visitor.accept(object.getString("name"), object);
        });
    }

    private static void contents(BiConsumer<String, JsonObject> visitor) {
        operations().forEach((name, operation) -> {
            if (operation.containsKey("requestBody")) {
                contents(name + " request", operation.getJsonObject("requestBody"), visitor);
            }
            var responses = operation.getJsonObject("responses");
            Documented.names(responses)
                    .forEach(status -> contents(name + " " + status, responses.getJsonObject(status), visitor));
        });
    }

    private static void contents(String where, JsonObject parent, BiConsumer<String, JsonObject> visitor) {
        var content = parent.getJsonObject("content");
        Documented.names(content).forEach(type -> visitor.accept(where, content.getJsonObject(type)));
    }

    private static void requestSchemas(BiConsumer<String, JsonObject> visitor) {
        parameters((where, parameter) -> schemas(where, parameter.getJsonObject("schema"), visitor));
        operations().forEach((name, operation) -> {
            if (operation.containsKey("requestBody")) {
                contents(
                        name,
                        operation.getJsonObject("requestBody"),
                        (where, content) -> schemas(where, content.getJsonObject("schema"), visitor));
            }
        });
    }

    private static void schemas(BiConsumer<String, JsonObject> visitor) {
        parameters((where, parameter) -> schemas(where, parameter.getJsonObject("schema"), visitor));
        contents((where, content) -> schemas(where, content.getJsonObject("schema"), visitor));
        var named = Documented.CONTRACT.getJsonObject("components").getJsonObject("schemas");
        Documented.names(named).forEach(name -> schemas(name, named.getJsonObject(name), visitor));
    }

    private static void schemas(String where, JsonObject schema, BiConsumer<String, JsonObject> visitor) {
        visitor.accept(where, schema);
        var properties = schema.getJsonObject("properties");
        Documented.names(properties)
                .forEach(name -> schemas(where + "/" + name, properties.getJsonObject(name), visitor));
        if (schema.getValue("items") instanceof JsonObject items) {
            schemas(where + "/*", items, visitor);
        }
    }
}
