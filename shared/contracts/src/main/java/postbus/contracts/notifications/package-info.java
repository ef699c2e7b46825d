/** Notifications: tells applications outside what happened, by webhook. */
@NullMarked
package postbus.contracts.notifications;

import org.jspecify.annotations.NullMarked;
