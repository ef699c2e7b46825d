/** Brings a service's schema up to date: the tables messages need, and then the service's own. */
@NullMarked
package postbus.messaging.schema;

import org.jspecify.annotations.NullMarked;
