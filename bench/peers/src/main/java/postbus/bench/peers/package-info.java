/**
 * Other ways to get a message from a transaction to a handler on the JVM, each set as its own documentation advises, on the
 * work that {@code bench/run} measures: one class each. {@link postbus.bench.peers.PeerMain} runs one of them in a process.
 * Nothing of Postbus is on this class path but what measures.
 */
@NullMarked
package postbus.bench.peers;

import org.jspecify.annotations.NullMarked;
