/**
 * What a fat jar does besides running a node: {@code java -jar inventory.jar COMMAND}, for a person at a terminal or a
 * script, with that service's settings and straight on its database, so also while no node runs. Exit codes: 0 done, 1
 * failed, not confirmed or nothing to do, 2 wrong usage or setting, 3 the database cannot be reached.
 *
 * <p>A command is an object with picocli's annotations, made with a {@link postbus.node.command.CommandContext};
 * {@link postbus.node.NodeService#withCommands} says which a service has.
 */
@NullMarked
package postbus.node.command;

import org.jspecify.annotations.NullMarked;
