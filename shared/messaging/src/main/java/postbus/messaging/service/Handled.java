package postbus.messaging.service;

import java.util.Set;

/**
 * What a service handles, by the names of types.
 *
 * @param messages events, and commands that are sent to it, which its subscription applies
 * @param requests commands it answers
 * @param queries questions it answers
 */
public record Handled(Set<String> messages, Set<String> requests, Set<String> queries) {
    public Handled {
        messages = Set.copyOf(messages);
        requests = Set.copyOf(requests);
        queries = Set.copyOf(queries);
    }
}
