package postbus.gateway;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.gateway.access.Caller;
import postbus.messaging.Problem;
import postbus.messaging.service.RequestHeaders;

/**
 * A request that is as the contract says; asking for what the contract does not name is a bug and fails.
 *
 * @param caller who asks; may use the operation
 * @param parameters by name: text, a whole number, or an array of texts; what was not given and has no default is missing
 * @param body empty when the operation takes none
 * @param headers what services are told
 */
record ValidRequest(Caller caller, Map<String, Object> parameters, JsonObject body, RequestHeaders headers) {
    String text(String parameter) {
        return Objects.requireNonNull(textIfGiven(parameter), parameter);
    }

    @Nullable
    String textIfGiven(String parameter) {
        return (String) parameters.get(parameter);
    }

    /** All that were given of a parameter that can come several times. */
    List<String> texts(String parameter) {
        var values = (JsonArray) Objects.requireNonNull(parameters.get(parameter), parameter);
        return values.stream().map(String.class::cast).toList();
    }

    UUID uuid(String parameter) {
        return UUID.fromString(text(parameter));
    }

    @Nullable
    UUID uuidIfGiven(String parameter) {
        var text = textIfGiven(parameter);
        return text == null ? null : UUID.fromString(text);
    }

    /** Who decides so: the user of the token, where there is one, and only else whom the body names. */
    String by() {
        var name = caller.name() == null ? body.getString("by") : caller.name();
        if (name == null) {
            throw WrongRequest.of(Problem.INVALID, List.of(Wrong.at("/by", "is missing")));
        }
        return name;
    }

    int number(String parameter) {
        return ((Number) Objects.requireNonNull(parameters.get(parameter), parameter)).intValue();
    }
}
