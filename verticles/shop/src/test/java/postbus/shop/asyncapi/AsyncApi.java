package postbus.shop.asyncapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Command;
import postbus.messaging.Event;
import postbus.messaging.Message;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.Reply;

/**
 * Builds the document: a channel for each type, an operation for each service that sends or receives it. What a channel
 * is on the wire is none of it: subscribers get messages in batches, from a ledger.
 */
final class AsyncApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SCHEMAS = "/postbus/contracts/schemas/";

    private final Traffic traffic;
    private final Sources sources;
    private final ObjectNode channels = JSON.createObjectNode();
    private final ObjectNode operations = JSON.createObjectNode();
    private final ObjectNode messages = JSON.createObjectNode();
    private final ObjectNode schemas = JSON.createObjectNode();
    private final TreeSet<String> services = new TreeSet<>();

    AsyncApi(Traffic traffic, Sources sources) {
        this.traffic = traffic;
        this.sources = sources;
    }

    ObjectNode document(Collection<Class<? extends Message>> types) {
        types.stream()
                .sorted((one, other) -> MessageType.of(one)
                        .toString()
                        .compareTo(MessageType.of(other).toString()))
                .forEach(this::add);
        var document = JSON.createObjectNode();
        document.put("asyncapi", "3.0.0");
        var info = document.putObject("info");
        info.put("title", "Postbus shop: messages").put("version", "0.1.0");
        info.put("description", """
                Every command and event that services exchange, who sends and who receives it. Generated from the \
                contracts and the services.

                Events and commands are kept in the ledger of their source, and applied by each subscription exactly \
                once in effect, in the order of their key. Requests are answered over the event bus after they \
                committed. The payload is JSON; outside (server-sent events, webhooks) a message goes as a CloudEvent \
                of version 1.0, whose attributes are the headers here. Readers ignore fields that they do not know.

                Not here: commands that a service sends to itself, and queries.
                """);
        var tags = info.putArray("tags");
        services.forEach(service -> tags.addObject().put("name", service));
        document.put("defaultContentType", "application/json");
        document.set("channels", channels);
        document.set("operations", operations);
        var components = document.putObject("components");
        components.set("messages", messages);
        components.set("schemas", schemas);
        schemas.set("CloudEventAttributes", parse(AsyncApi.class.getResourceAsStream("cloud-event-attributes.json")));
        return document;
    }

    private void add(Class<? extends Message> type) {
        var name = MessageType.of(type).toString();
        var reply = type.getAnnotation(Reply.class);
        var kind = Event.class.isAssignableFrom(type) ? "event" : reply == null ? "command" : "request";
        var about = sources.describe(type);
        addChannel(name, name, about, kind);
        addMessage(name, type, about, kind, true);
        if (Event.class.isAssignableFrom(type)) {
            addEvent(type, name);
        } else if (reply == null) {
            addCommand(type.asSubclass(Command.class), name);
        } else {
            addRequest(type, name, reply.value());
        }
    }

    private void addEvent(Class<?> type, String name) {
        var source = MessageType.of(type).service();
        require(name, "publishers", List.of(source), traffic.senders(type));
        operation(source, "publishes", name, "send");
        traffic.receivers(name).forEach(service -> operation(service, "subscribes-to", name, "receive"));
    }

    private void addCommand(Class<? extends Command> type, String name) {
        require(name, "receivers", List.of(MessageType.of(type).service()), traffic.receivers(name));
        traffic.senders(type).forEach(service -> operation(service, "sends", name, "send"));
        traffic.receivers(name).forEach(service -> operation(service, "carries-out", name, "receive"));
    }

    private void addRequest(Class<?> type, String name, Class<?> reply) {
        var answer = name + ".reply";
        require(name, "answerers", List.of(MessageType.of(type).service()), traffic.answerers(name));
        addChannel(answer, null, "Goes to who asked.", "reply");
        addMessage(answer, reply, sources.describe(reply), "reply", false);
        traffic.senders(type).forEach(service -> asksFor(operation(service, "asks-for", name, "send"), answer));
        traffic.answerers(name).forEach(service -> asksFor(operation(service, "answers", name, "receive"), answer));
    }

    private static void require(String name, String what, Collection<String> expected, Collection<String> found) {
        if (!List.copyOf(found).equals(List.copyOf(expected))) {
            throw new AssertionError(what + " of " + name + " are " + found + ", must be " + expected);
        }
    }

    private void addChannel(String name, @Nullable String address, String about, String kind) {
        var channel = channels.putObject(name);
        channel.put("address", address).put("description", about);
        channel.putObject("messages").putObject(name).put("$ref", "#/components/messages/" + name);
        channel.putArray("tags").addObject().put("name", kind);
    }

    private void addMessage(String name, Class<?> type, String about, String kind, boolean isKept) {
        var message = messages.putObject(name);
        message.put("name", name).put("title", type.getSimpleName()).put("summary", about);
        message.put("contentType", "application/json");
        message.putArray("tags").addObject().put("name", kind);
        if (isKept && !kind.equals("request")) {
            message.putObject("headers").put("$ref", "#/components/schemas/CloudEventAttributes");
            message.putObject("correlationId").put("location", "$message.header#/correlationid");
        }
        message.putObject("payload").put("$ref", "#/components/schemas/" + name);
        addSchema(name);
        message.putArray("examples").addObject().put("name", "example").set("payload", sample(type));
    }

    private ObjectNode operation(String service, String does, String name, String action) {
        services.add(service);
        var operation = operations.putObject(service + "-" + does + "-" + name);
        operation.put("action", action);
        operation.putObject("channel").put("$ref", "#/channels/" + name);
        operation.put("title", service + " " + does.replace('-', ' ') + " " + name);
        operation.putArray("tags").addObject().put("name", service);
        operation.putArray("messages").addObject().put("$ref", "#/channels/" + name + "/messages/" + name);
        return operation;
    }

    private static void asksFor(ObjectNode operation, String answer) {
        var reply = operation.putObject("reply");
        reply.putObject("channel").put("$ref", "#/channels/" + answer);
        reply.putArray("messages").addObject().put("$ref", "#/channels/" + answer + "/messages/" + answer);
    }

    /** The schema that is kept for the contract; what it defines inside becomes a schema of its own. */
    private void addSchema(String name) {
        var schema = parse(AsyncApi.class.getResourceAsStream(SCHEMAS + name + ".json"));
        schema.remove(List.of("$schema", "$id"));
        if (schema.remove("$defs") instanceof ObjectNode parts) {
            parts.properties().forEach(part -> schemas.set(name + "." + part.getKey(), here(part.getValue(), name)));
        }
        schemas.set(name, here(schema, name));
    }

    /** The same, with references that lead to the schemas of this document. */
    private static JsonNode here(JsonNode node, String name) {
        if (node instanceof ObjectNode object) {
            object.properties()
                    .forEach(field -> field.setValue(
                            field.getKey().equals("$ref")
                                    ? TextNode.valueOf(field.getValue()
                                            .asText()
                                            .replace("#/$defs/", "#/components/schemas/" + name + "."))
                                    : here(field.getValue(), name)));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, here(array.get(i), name));
            }
        }
        return node;
    }

    private static JsonNode sample(Class<?> type) {
        try {
            return JSON.readTree(MessageJson.write(Samples.of(type)).getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode parse(@Nullable InputStream json) {
        try (var open = Objects.requireNonNull(json)) {
            return (ObjectNode) JSON.readTree(open);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
