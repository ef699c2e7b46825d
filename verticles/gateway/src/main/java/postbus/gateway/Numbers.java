package postbus.gateway;

/** Numbers for people. */
final class Numbers {
    private Numbers() {}

    /** To a thousandth. */
    static double rounded(double number) {
        return Math.round(number * 1000) / 1000.0;
    }
}
