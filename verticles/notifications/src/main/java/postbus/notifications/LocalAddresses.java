package postbus.notifications;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tells addresses of this host and of private networks from those of the internet, so that a stranger's webhook cannot
 * be used to reach what only we can reach.
 */
final class LocalAddresses {
    private static final Pattern IPV4 = Pattern.compile("[0-9.]+");

    private LocalAddresses() {}

    /** Unspecified, loopback, link-local, private (also shared between carriers and customers), or multicast. */
    static boolean contains(InetAddress address) {
        return address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || switch (address) {
                    case Inet4Address ipv4 -> isLocal(ipv4.getAddress());
                    case Inet6Address ipv6 -> isUniqueLocal(ipv6.getAddress());
                    default -> true;
                };
    }

    /** Whether the host of a URL is such an address or {@code localhost}. Asks no name server. */
    static boolean isNamedBy(String host) {
        var name = host.toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            return true;
        }
        if (!name.startsWith("[") && !IPV4.matcher(name).matches()) {
            return false;
        }
        try {
            return contains(InetAddress.getByName(name)); // a literal, so nothing is resolved
        } catch (UnknownHostException e) {
            return true;
        }
    }

    /** 0.0.0.0/8 and 100.64.0.0/10. */
    private static boolean isLocal(byte[] ipv4) {
        return ipv4[0] == 0 || (ipv4[0] == 100 && (ipv4[1] & 0xc0) == 0x40);
    }

    /** fc00::/7. */
    private static boolean isUniqueLocal(byte[] ipv6) {
        return (ipv6[0] & 0xfe) == 0xfc;
    }
}
