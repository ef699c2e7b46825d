package postbus.ordering;

import java.time.Duration;

/**
 * How long an order may wait for what brings it on, each 10 ms to 30 days.
 *
 * @param stock placed, for inventory to reserve
 * @param payment confirmed, for payment to take the money
 * @param dispatch paid, for shipping to dispatch; must be longer than picking takes
 */
record Deadlines(Duration stock, Duration payment, Duration dispatch) {}
