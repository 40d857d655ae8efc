package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/// A real browser without a window, on the console's pages.
final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ChromeDriver driver;
    private final String address;

    Browser(String address) {
        this.address = address;
        var options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--force-color-profile=srgb");
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options);
    }

    /// Whether this machine has one.
    static boolean isThere() {
        return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
    }

    void open(String hash) {
        driver.get("about:blank");
        driver.get(address + hash);
    }

    /// Like a device with a screen so wide, also narrower than windows can be.
    void screen(int width, int height, boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    String text() {
        return driver.findElement(By.tagName("body")).getText();
    }

    void awaitText(String part) {
        await("the page says '" + part + "'")
                .atMost(PATIENCE)
                .ignoreException(StaleElementReferenceException.class)
                .untilAsserted(() -> assertThat(text()).contains(part));
    }

    List<WebElement> all(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    WebElement one(String css) {
        return await("there is " + css)
                .atMost(PATIENCE)
                .until(() -> all(css), found -> !found.isEmpty())
                .getFirst();
    }

    /// Clicks the button that says so, when it can be clicked; pages draw themselves anew all the time.
    void press(String words) {
        await("there is a button '" + words + "'")
                .atMost(PATIENCE)
                .until(() -> driver.findElements(By.tagName("button")).stream()
                        .anyMatch(button -> isPressed(button, words)));
    }

    private static boolean isPressed(WebElement button, String words) {
        try {
            if (button.getText().startsWith(words) && button.isEnabled()) {
                button.click();
                return true;
            }
        } catch (WebDriverException e) {
            return false; // drawn anew meanwhile, or behind a dialog
        }
        return false;
    }

    void type(String css, String text) {
        var field = one(css);
        field.clear();
        field.sendKeys(text);
    }

    Object run(String script) {
        return Objects.requireNonNullElse(driver.executeScript(script), "");
    }

    /// What axe-core finds of serious and critical impact, one line each.
    String seriousFindings() throws IOException {
        try (var in = Browser.class.getResourceAsStream("/axe.min.js")) {
            driver.executeScript(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        } catch (JavascriptException e) {
            throw new IOException("axe-core cannot be loaded", e);
        }
        return String.valueOf(driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                axe.run(document, { resultTypes: ['violations'] }).then((found) => done(found.violations
                  .filter((one) => one.impact === 'serious' || one.impact === 'critical')
                  .map((one) => one.id + ': ' + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 150) + ' '
                    + (node.any[0]?.message || '')).join(' | '))
                  .join('\\n')), (e) => done('axe: ' + e));
                """));
    }

    /// Whether the page is wider than its window.
    boolean isTooWide() {
        return Boolean.TRUE.equals(
                driver.executeScript("return document.documentElement.scrollWidth > window.innerWidth + 1"));
    }

    void picture(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
