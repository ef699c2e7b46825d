package postbus.shop;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import postbus.testkit.Await;

/** The payment provider's books. */
final class Books {
    private Books() {}

    /** They agree with the payments, once nothing is under way. */
    static void requireBalance(String databaseUrl) {
        Await.until("the provider holds what the payments say", Duration.ofSeconds(30), () -> {
            try (var connection = DriverManager.getConnection("jdbc:" + jdbc(databaseUrl), "postgres", "postgres");
                    var statement = connection.createStatement();
                    var row = statement.executeQuery("""
                            select coalesce(bool_and(unsettled = 0 and provider_holds = payments_hold), true)
                              from payment.reconciliation
                            """)) {
                row.next();
                return row.getBoolean(1);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static String jdbc(String url) {
        return url.replaceFirst("//[^@]*@", "//");
    }
}
