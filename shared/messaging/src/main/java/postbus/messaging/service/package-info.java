/**
 * What a service is made of: a {@link postbus.messaging.service.ServiceVerticle} that says in one method which
 * messages it handles. The library registers it on the event bus, keeps its subscription, answers its requests.
 */
@NullMarked
package postbus.messaging.service;

import org.jspecify.annotations.NullMarked;
