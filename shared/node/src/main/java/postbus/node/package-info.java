/**
 * What every process of a cluster starts with: settings, cluster membership, database, migrations, health, metrics,
 * and an orderly end. A service gives a {@link postbus.node.NodeService}; {@link postbus.node.Node} does the rest.
 */
@NullMarked
package postbus.node;

import org.jspecify.annotations.NullMarked;
