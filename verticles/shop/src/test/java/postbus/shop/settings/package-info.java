/** Makes the reference of all settings from the code that reads them, and holds {@code conf/} and the docs to it. */
@NullMarked
package postbus.shop.settings;

import org.jspecify.annotations.NullMarked;
