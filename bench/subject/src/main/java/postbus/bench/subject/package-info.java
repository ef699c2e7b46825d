/**
 * One system on the work that {@code bench/run} measures, in a process of its own: {@link
 * postbus.bench.subject.Conversation} does what it is told on standard input and answers on standard output, {@link
 * postbus.bench.subject.Work} is what it can be told, and a {@link postbus.bench.subject.Subject} is the system. All
 * systems are measured by these same classes. What Postgres used, and whether every effect is there, is for who tells.
 */
@NullMarked
package postbus.bench.subject;

import org.jspecify.annotations.NullMarked;
