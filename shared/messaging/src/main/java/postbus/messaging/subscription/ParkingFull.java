package postbus.messaging.subscription;

/** Nothing more is parked until some of what is gets through. */
final class ParkingFull extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ParkingFull(int parkedMax) {
        super("parked messages are at their limit of " + parkedMax, null, false, false);
    }
}
