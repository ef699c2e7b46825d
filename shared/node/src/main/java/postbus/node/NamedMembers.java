package postbus.node;

import com.hazelcast.config.TcpIpConfig;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where members are looked for: names are asked for their addresses each time that anybody looks, at the start and while
 * halves of a cluster look for each other. A name without an address is passed over until it has one.
 *
 * <p>Why: Hazelcast takes a name for one member, of whichever address comes first, even if that is its own.
 */
final class NamedMembers extends TcpIpConfig {
    /** Addresses, and what Hazelcast has for many of them: {@code 10.0.0.*}. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9.*-]+(:\\d+)?|\\[?[0-9a-fA-F]*:[0-9a-fA-F:]*.*");

    /** @param members host, or {@code host:port} */
    NamedMembers(List<String> members) {
        setEnabled(true);
        setMembers(members);
    }

    @Override
    public List<String> getMembers() {
        return super.getMembers().stream().flatMap(NamedMembers::resolve).toList();
    }

    private static Stream<String> resolve(String member) {
        if (ADDRESS.matcher(member).matches()) {
            return Stream.of(member);
        }
        int colon = member.indexOf(':');
        var name = colon < 0 ? member : member.substring(0, colon);
        var port = colon < 0 ? "" : member.substring(colon);
        try {
            return Arrays.stream(InetAddress.getAllByName(name))
                    .filter(Inet4Address.class::isInstance)
                    .map(address -> address.getHostAddress() + port);
        } catch (UnknownHostException e) {
            return Stream.empty();
        }
    }
}
