package millrace.aggregator.console;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/// Who may ask, and who may change things.
///
/// A page of another site that somebody has open can make their browser send requests to a console on their own
/// machine. So: the host asked for has to be one of ours (against names that were bound to our address), a change
/// has to come from our own pages, as JSON, with the token in a header, which other sites' pages cannot send. Any
/// thread.
final class Guard {
    /// A request that is refused.
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    private final Set<String> hosts = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    private final Password token;

    Guard(List<String> moreHosts, Password token) {
        moreHosts.forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
        this.token = token;
    }

    /// Whether anything can be changed at all.
    boolean hasToken() {
        return !token.value().isEmpty();
    }

    /// @throws Refused when the request is not for us
    void checkHost(Context request) {
        var host = request.header("Host");
        if (host == null || !hosts.contains(name(host))) {
            throw new Refused(
                    421, "this console does not answer for that host; see the setting aggregator.console-hosts");
        }
        var site = request.header("Sec-Fetch-Site");
        var navigates = "navigate".equals(request.header("Sec-Fetch-Mode"));
        if (site != null && !site.equals("same-origin") && !site.equals("none") && !navigates) {
            throw new Refused(403, "requests of other sites' pages are refused");
        }
    }

    /// @throws Refused when the request may not change anything
    void checkChange(Context request) {
        var origin = request.header("Origin");
        var host = request.header("Host");
        if (origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host)) {
            throw new Refused(403, "changes from another origin are refused");
        }
        var type = request.contentType();
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            throw new Refused(415, "allowed: application/json");
        }
        if (!hasToken()) {
            throw new Refused(
                    403, "this console has no token, so nothing can be changed; set aggregator.console-token");
        }
        if (!isToken(request.header("Authorization"))) {
            throw new Refused(401, "the token is missing or wrong");
        }
    }

    // In a time that says nothing about how much of it is right.
    private boolean isToken(@Nullable String authorization) {
        var wanted = ("Bearer " + token.value()).getBytes(StandardCharsets.UTF_8);
        return authorization != null && MessageDigest.isEqual(wanted, authorization.getBytes(StandardCharsets.UTF_8));
    }

    private static String name(String host) {
        var colon = host.lastIndexOf(':');
        var name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        return name.toLowerCase(Locale.ROOT);
    }
}
