package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import postbus.testkit.Await;

/**
 * A Chromium without a window that looks at one console. What a test looks for is waited for, at most 30 s, since the page
 * changes by itself. Closing ends it and removes what it kept.
 */
final class Browser implements AutoCloseable {
    static final int WIDE = 1280;
    static final int PHONE = 360;

    private static final String REQUIRED = "BROWSER_TESTS";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int HEIGHT = 900;
    private static final int SHOT_HEIGHT_MAX = 4_000;
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");
    private static final String DRIVER = "chromedriver";

    /** Of the newest Chromium it knows no protocol by name, which nothing here needs; kept, so that it stays set. */
    private static final Logger PROTOCOLS = Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

    static {
        PROTOCOLS.setLevel(Level.SEVERE);
    }

    /** What tells that a page does what it may not, or has a bug. */
    private static final Pattern WRONG = Pattern.compile("Content Security Policy|Uncaught|SyntaxError|TypeError");

    private final String address;
    private final Path profile;
    private final ChromeDriver driver;

    private Browser(String address, Path profile, ChromeDriver driver) {
        this.address = address;
        this.profile = profile;
        this.driver = driver;
    }

    /** Skips the calling test where there is no Chromium with its driver; fails it there if {@code BROWSER_TESTS=required}. */
    static void assumePossible() {
        var isThere =
                executable(BROWSERS).isPresent() && executable(List.of(DRIVER)).isPresent();
        if (!isThere && "required".equals(System.getenv(REQUIRED))) {
            throw new AssertionError(
                    REQUIRED + "=required, but no " + BROWSERS + " with " + DRIVER + " is on the path");
        }
        Assumptions.assumeTrue(isThere, () -> "no " + BROWSERS + " with " + DRIVER + " is on the path");
    }

    private static Optional<File> executable(List<String> names) {
        var folders = System.getenv("PATH").split(File.pathSeparator, -1);
        return names.stream()
                .flatMap(name -> List.of(folders).stream().map(folder -> new File(folder, name)))
                .filter(File::canExecute)
                .findFirst();
    }

    /** @param address of the gateway, {@code http://host:port} */
    static Browser open(String address) {
        try {
            var profile = Files.createTempDirectory("postbus-browser");
            var wanted = new LoggingPreferences();
            wanted.enable(LogType.BROWSER, Level.ALL);
            var options = new ChromeOptions();
            options.setBinary(executable(BROWSERS).orElseThrow());
            options.setCapability(ChromeOptions.LOGGING_PREFS, wanted);
            options.addArguments(
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--disable-dev-shm-usage",
                    "--no-first-run",
                    "--no-proxy-server",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--hide-scrollbars",
                    "--lang=en",
                    "--user-data-dir=" + profile);
            var service = new ChromeDriverService.Builder()
                    .usingDriverExecutable(executable(List.of(DRIVER)).orElseThrow())
                    .build();
            var browser = new Browser(address, profile, new ChromeDriver(service, options));
            browser.width(WIDE);
            browser.colours("light");
            return browser;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaves the page, and what it kept. */
    void forget() {
        driver.get("about:blank");
        driver.executeCdpCommand(
                "Storage.clearDataForOrigin", Map.of("origin", address, "storageTypes", "local_storage"));
    }

    // How it looks

    void width(int pixels) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", pixels, "height", HEIGHT, "deviceScaleFactor", 1, "mobile", pixels == PHONE));
    }

    /**
     * What the system is set to; besides, that nothing is to move, since half a movement can neither be read nor pictured.
     *
     * @param colours {@code light} or {@code dark}
     */
    void colours(String colours) {
        var features = Map.of("prefers-color-scheme", colours, "prefers-reduced-motion", "reduce").entrySet().stream()
                .map(feature -> Map.of("name", feature.getKey(), "value", feature.getValue()))
                .toList();
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", features));
    }

    /** Writes the whole page, down to 4,000 pixels, to {@code target/screenshots}. */
    Path screenshot(String name) {
        var folder = Path.of("target", "screenshots");
        var size = (Map<?, ?>)
                driver.executeCdpCommand("Page.getLayoutMetrics", Map.of()).get("cssContentSize");
        var height = Math.min(SHOT_HEIGHT_MAX, ((Number) size.get("height")).intValue());
        var clip = Map.of("x", 0, "y", 0, "width", size.get("width"), "height", height, "scale", 1);
        var shot = driver.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true, "clip", clip));
        try {
            Files.createDirectories(folder);
            return Files.write(
                    folder.resolve(name + ".png"), Base64.getDecoder().decode((String) shot.get("data")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How much wider the page is than the window, in pixels. */
    long overflow() {
        return (Long) run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
    }

    // What is there

    /** Loads the console anew, at a place such as {@code shop}. */
    void visit(String place) {
        driver.get("about:blank");
        driver.get(address + "/#/" + place);
    }

    /** Loads a path of the gateway. */
    void goTo(String path) {
        driver.get(address + path);
    }

    String place() {
        return String.valueOf(run("return location.hash")).replaceFirst("^#/", "");
    }

    WebElement find(String css) {
        return Await.value("there is " + css, PATIENCE, () -> seen(css));
    }

    private Optional<WebElement> seen(String css) {
        return patiently(
                () -> driver.findElements(By.cssSelector(css)).stream()
                        .filter(WebElement::isDisplayed)
                        .findFirst(),
                Optional.empty());
    }

    /** Waits until an element has a text that contains this. */
    void awaitText(String css, String text) {
        Await.until(
                css + " says '" + text + "'",
                PATIENCE,
                () -> texts(css).stream().anyMatch(each -> each.contains(text)));
    }

    void awaitNone(String css) {
        Await.until("there is no " + css, PATIENCE, () -> seen(css).isEmpty());
    }

    /** Of all elements that are like this, now. */
    List<String> texts(String css) {
        return patiently(
                () -> driver.findElements(By.cssSelector(css)).stream()
                        .map(WebElement::getText)
                        .toList(),
                List.of());
    }

    /** Of all elements that are like this, now. */
    List<String> attributes(String css, String name) {
        return patiently(
                () -> driver.findElements(By.cssSelector(css)).stream()
                        .map(element -> String.valueOf(element.getDomAttribute(name)))
                        .toList(),
                List.of());
    }

    private interface Look<T> {
        T look();
    }

    /** An element may be replaced between being found and being looked at. */
    private static <T> T patiently(Look<T> look, T otherwise) {
        try {
            return look.look();
        } catch (WebDriverException e) {
            return otherwise;
        }
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** @param script that calls its last argument with the result */
    Object runToEnd(String script, Object... arguments) {
        driver.manage().timeouts().scriptTimeout(PATIENCE);
        return driver.executeAsyncScript(script, arguments);
    }

    // What one does

    void click(String css) {
        act(css, element -> {
            element.click();
            return true;
        });
    }

    /** Clicks the button or link with this text, which may have more around it. */
    void press(String text) {
        Await.until(
                "there is something to press that says '" + text + "'",
                PATIENCE,
                () -> patiently(
                        () -> driver.findElements(By.cssSelector("button, a")).stream()
                                .filter(element -> element.isDisplayed() && element.isEnabled())
                                .filter(element -> element.getText().contains(text))
                                .findFirst()
                                .map(element -> {
                                    element.click();
                                    return true;
                                })
                                .orElse(false),
                        false));
    }

    void fill(String css, String text) {
        act(css, element -> {
            element.clear();
            element.sendKeys(text);
            return true;
        });
    }

    void choose(String css, String value) {
        act(css + " option[value='" + value + "']", element -> {
            element.click();
            return true;
        });
    }

    private void act(String css, Function<WebElement, Boolean> action) {
        Await.until(
                "something is done with " + css,
                PATIENCE,
                () -> patiently(() -> seen(css).map(action).orElse(false), false));
    }

    void keys(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    void tab() {
        keys(Keys.TAB);
    }

    WebElement focused() {
        return driver.switchTo().activeElement();
    }

    /** Nothing ran that may not, and nothing failed that should not. */
    void requireNoErrors() {
        assertThat(driver.manage().logs().get(LogType.BROWSER).getAll())
                .noneMatch(entry -> WRONG.matcher(entry.getMessage()).find());
    }

    @Override
    public void close() {
        driver.quit();
        try (var kept = Files.walk(profile)) {
            kept.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
