package postbus.bench.peers;

import java.util.Map;
import javax.sql.DataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Starts the small Spring Boot applications of peers that are made for one. */
final class SpringApplications {
    private SpringApplications() {}

    /** @param configuration can have the {@link Site} injected; its pool outlives the application */
    static ConfigurableApplicationContext start(Site site, Class<?> configuration, Map<String, Object> properties) {
        return new SpringApplicationBuilder(configuration)
                .web(WebApplicationType.NONE)
                .properties(Map.of("spring.main.banner-mode", "off"))
                .properties(properties)
                .initializers(context -> {
                    var beans = (GenericApplicationContext) context;
                    beans.registerBean(Site.class, () -> site);
                    beans.registerBean(
                            "dataSource", DataSource.class, site::pool, bean -> bean.setDestroyMethodName(""));
                })
                .run();
    }
}
