/**
 * Hosts of their own on one machine: network namespaces on a switch, whose traffic can be cut, lost, delayed and healed
 * while real processes run on them. Needs Linux, root, and the commands {@code ip} (iproute2) and {@code nft} (nftables).
 *
 * <p>Only IPv4 between the hosts is affected; a process's loopback, and this machine's own network, are left alone.
 */
@NullMarked
package postbus.testkit.network;

import org.jspecify.annotations.NullMarked;
