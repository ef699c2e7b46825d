/** What crosses a service's border: commands, events, queries and their answers. Valid once constructed; JSON on the wire. */
@NullMarked
package postbus.contracts;

import org.jspecify.annotations.NullMarked;
