package postbus.notifications;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postbus.contracts.notifications.RegisterWebhook;
import postbus.messaging.MessageType;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

/**
 * What somebody outside wants to be told, and where. One that exists is valid.
 *
 * @param url http or https with a host, at most {@value #URL_LENGTH_MAX} characters
 * @param types event types, each once; empty for all
 */
record Registration(URI url, List<String> types) {
    static final int URL_LENGTH_MAX = 2_000;
    static final int TYPES_MAX = 100;

    private static final int PORT_MAX = 65_535;

    Registration {
        types = List.copyOf(types);
    }

    /**
     * Reads a request; what is wrong with it is a {@link Refusal} that names the field.
     *
     * @param allowLocal whether the URL may name this host or a private address. A name that only resolves to one is
     *     found when it is delivered to
     */
    static Registration of(RegisterWebhook request, boolean allowLocal) {
        return new Registration(url(request.url(), allowLocal), types(request.types()));
    }

    private static URI url(@Nullable String text, boolean allowLocal) {
        if (text == null || text.isEmpty() || text.length() > URL_LENGTH_MAX) {
            throw invalid("url must have 1 to " + URL_LENGTH_MAX + " characters", "/url");
        }
        var url = parse(text);
        var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if ((!scheme.equals("http") && !scheme.equals("https")) || url.getHost() == null) {
            throw invalid("url must be an absolute http or https URL", "/url");
        }
        if (url.getRawUserInfo() != null) {
            throw invalid("url must not carry a user or password", "/url");
        }
        if (url.getPort() == 0 || url.getPort() > PORT_MAX) {
            throw invalid("url must have a port from 1 to " + PORT_MAX + " or none", "/url");
        }
        if (!allowLocal && LocalAddresses.isNamedBy(url.getHost())) {
            throw invalid("url must not lead to this host or into a private network", "/url");
        }
        return url;
    }

    private static URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw invalid("url is not a URL: " + e.getReason(), "/url");
        }
    }

    private static List<String> types(@Nullable List<? extends @Nullable String> types) {
        if (types == null) {
            return List.of();
        }
        if (types.size() > TYPES_MAX) {
            throw invalid("at most " + TYPES_MAX + " types, there are " + types.size(), "/types");
        }
        for (int i = 0; i < types.size(); i++) {
            requireType(types.get(i), "/types/" + i);
        }
        return types.stream().map(String::valueOf).distinct().toList();
    }

    private static void requireType(@Nullable String type, String field) {
        if (type == null) {
            throw invalid("a type must not be null", field);
        }
        try {
            MessageType.parse(type);
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()), field);
        }
    }

    private static Refusal invalid(String detail, String field) {
        return new Refusal(Problem.INVALID, detail, field);
    }
}
