package postbus.shop;

import java.util.HashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import postbus.node.Node;
import postbus.node.Settings;
import postbus.postgres.ScratchDatabase;

/** Every service in this JVM. */
@Timeout(90)
class OneJvmTest extends OrderFlowContract {
    private static Node node;
    private static String databaseUrl;
    private static ShopClient shop;

    @BeforeAll
    static void start() {
        databaseUrl = ScratchDatabase.create();
        var settings = new HashMap<>(SETTINGS);
        settings.put("DATABASE_URL", databaseUrl);
        settings.put("DATABASE_POOL_SIZE", "6");
        settings.put("HTTP_PORT", "0");
        node = Node.alone();
        node.deploy(ShopMain.SERVICES, name -> Settings.of(settings));
        shop = new ShopClient("http://127.0.0.1:" + node.httpPort());
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Override
    ShopClient shop() {
        return shop;
    }

    @Override
    String databaseUrl() {
        return databaseUrl;
    }
}
