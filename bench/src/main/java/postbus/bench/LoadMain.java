package postbus.bench;

/** The load tool: see {@link LoadOptions#USAGE}. */
public final class LoadMain {
    private LoadMain() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("--help")) {
            System.out.print(LoadOptions.USAGE);
            return;
        }
        LoadOptions options;
        try {
            options = LoadOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(LoadOptions.USAGE);
            System.exit(2);
            return;
        }
        var violations = new Load(options).run();
        violations.stream().limit(20).forEach(violation -> System.out.println("WRONG: " + violation));
        System.exit(violations.isEmpty() ? 0 : 1);
    }
}
