/**
 * Tests that keep contracts readable: JSON Schemas made from the records and kept in files, a check that they say what
 * {@link postbus.messaging.MessageJson} does, and the rules for what may change within a version
 * ({@link postbus.schemas.Rule}). The door is {@link postbus.schemas.ContractTests}, for a module's tests; nothing
 * here runs in a service.
 */
@NullMarked
package postbus.schemas;

import org.jspecify.annotations.NullMarked;
