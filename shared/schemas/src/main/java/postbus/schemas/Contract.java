package postbus.schemas;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.commons.support.ReflectionSupport;
import postbus.messaging.Command;
import postbus.messaging.Event;
import postbus.messaging.MessageType;
import postbus.messaging.Query;
import postbus.messaging.Reply;

/**
 * A record that crosses a service's border as a whole.
 *
 * @param name its message type; for a reply that of the request and {@code .reply}
 */
record Contract(String name, Class<?> type) {
    String fileName() {
        return name + ".json";
    }

    ObjectNode schema() {
        return RecordSchema.of(name, type);
    }

    /** All contracts of a package and those below it, by name. What is wrong with them is one error that lists all of it. */
    static List<Contract> in(String packageName) {
        var classes = ReflectionSupport.findAllClassesInPackage(packageName, type -> true, name -> true);
        var wrong = new ArrayList<String>();
        var contracts = of(classes, wrong);
        if (contracts.isEmpty()) {
            wrong.add("no contract in " + packageName);
        }
        if (!wrong.isEmpty()) {
            throw new AssertionError(String.join("\n", wrong));
        }
        return contracts;
    }

    static List<Contract> of(List<Class<?>> classes, List<String> wrong) {
        var contracts = new TreeMap<String, Class<?>>();
        var records = classes.stream().filter(Class::isRecord).toList();
        for (var type : records) {
            if (isMessage(type)) {
                add(type, contracts, wrong);
            }
        }
        classes.stream()
                .filter(type -> type.isAnnotationPresent(postbus.messaging.Type.class))
                .filter(type -> !type.isRecord() || !isMessage(type))
                .forEach(type ->
                        wrong.add(type.getName() + " has a @Type and is no record of an event, command or query"));
        var used = new HashSet<Class<?>>();
        contracts.values().forEach(type -> addUsed(type, used));
        records.stream()
                .filter(type -> !used.contains(type))
                .forEach(type -> wrong.add(type.getName() + " is neither a message, nor a reply, nor part of one"));
        return contracts.entrySet().stream()
                .map(entry -> new Contract(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static boolean isMessage(Class<?> type) {
        return kinds(type).findAny().isPresent();
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return Stream.<Class<?>>of(Event.class, Command.class, Query.class).filter(kind -> kind.isAssignableFrom(type));
    }

    private static void add(Class<?> type, Map<String, Class<?>> contracts, List<String> wrong) {
        if (kinds(type).count() > 1) {
            wrong.add(type.getName() + " is "
                    + kinds(type).map(Class::getSimpleName).collect(Collectors.joining(" and ")));
        }
        String name;
        try {
            name = MessageType.of(type).toString();
        } catch (IllegalArgumentException illegal) {
            wrong.add(illegal.getMessage());
            return;
        }
        put(name, type, contracts, wrong);
        var reply = type.getAnnotation(Reply.class);
        if (reply != null) {
            put(name + ".reply", reply.value(), contracts, wrong);
        }
        if (reply == null && Query.class.isAssignableFrom(type)) {
            wrong.add(type.getName() + " has no @Reply");
        }
        if (reply != null && Event.class.isAssignableFrom(type)) {
            wrong.add(type.getName() + " is an event and has a @Reply");
        }
    }

    private static void put(String name, Class<?> type, Map<String, Class<?>> contracts, List<String> wrong) {
        var other = contracts.putIfAbsent(name, type);
        if (other != null) {
            wrong.add(name + " is the type of both " + other.getName() + " and " + type.getName());
        }
    }

    private static void addUsed(Type type, Set<Class<?>> used) {
        if (type instanceof ParameterizedType generic) {
            Stream.of(generic.getActualTypeArguments()).forEach(argument -> addUsed(argument, used));
        } else if (type instanceof Class<?> plain && used.add(plain)) {
            if (plain.isRecord()) {
                Stream.of(plain.getRecordComponents()).forEach(component -> addUsed(component.getGenericType(), used));
            } else if (plain.isSealed()) {
                Stream.of(plain.getPermittedSubclasses()).forEach(member -> addUsed(member, used));
            }
        }
    }
}
