package postbus.gateway;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postbus.node.SettingException;

/**
 * By which address a client is known. That is who opened the connection, except for proxies that are trusted: of what
 * these say in {@code X-Forwarded-For} it is the last that is not one of them. Anybody else may write there what they like.
 */
final class Clients {
    private static final String FORWARDED = "X-Forwarded-For";
    /** Whoever has one IPv6 address has all of its network. */
    private static final int NETWORK_BYTES = 8;

    private final List<IpSubnetFilterRule> trusted;

    /** @param trusted addresses or networks; one that is neither is a {@link SettingException} */
    Clients(List<String> trusted) {
        this.trusted = trusted.stream().map(Clients::network).toList();
    }

    private static IpSubnetFilterRule network(String text) {
        int slash = text.indexOf('/');
        var address = parse(slash < 0 ? text : text.substring(0, slash));
        try {
            if (address != null) {
                int bits = slash < 0 ? address.getAddress().length * 8 : Integer.parseInt(text.substring(slash + 1));
                return new IpSubnetFilterRule(address, bits, IpFilterRuleType.ACCEPT);
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        throw new SettingException(
                "TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, has '" + text + "'");
    }

    /** The address as text; of IPv6 only its network. */
    String addressOf(HttpServerRequest request) {
        var peer = parse(request.remoteAddress().hostAddress());
        if (peer == null) {
            return "unknown";
        }
        var client = peer;
        var said = String.join(",", request.headers().getAll(FORWARDED)).split(",", -1);
        for (int i = said.length - 1; i >= 0 && isTrusted(client); i--) {
            var before = parse(said[i].strip());
            if (before == null) {
                break;
            }
            client = before;
        }
        return text(client);
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.matches(new InetSocketAddress(address, 0)));
    }

    private static String text(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        try {
            var network = Arrays.copyOf(Arrays.copyOf(address.getAddress(), NETWORK_BYTES), 16);
            return InetAddress.getByAddress(network).getHostAddress() + "/64";
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an IPv6 address has 16 bytes", e);
        }
    }

    private static @Nullable InetAddress parse(@Nullable String text) {
        return text == null ? null : NetUtil.createInetAddressFromIpAddressString(text);
    }
}
