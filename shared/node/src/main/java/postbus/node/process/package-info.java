/**
 * Nodes as processes of this machine: starts a service from its fat jar, tells when it is ready and how it ended, and
 * sends it the signals that a kernel, a supervisor or a test sends. What runs inside is {@link postbus.node.Node}'s.
 */
@NullMarked
package postbus.node.process;

import org.jspecify.annotations.NullMarked;
