/**
 * What a person on duty wants to know of a database with services' schemas: how far sources and subscriptions are, and
 * what holds the flow. Read straight from the tables and from what Postgres tells of its sessions; nothing is changed,
 * no lock is taken that anybody waits for, and each statement reads a bounded number of rows. Works while no node runs.
 *
 * <p>{@link postbus.messaging.inspection.Inspection} looks, {@link postbus.messaging.inspection.Doctor} judges. What only
 * the cluster knows is not here.
 */
@NullMarked
package postbus.messaging.inspection;

import org.jspecify.annotations.NullMarked;
