# The image of any verticle:
#
#   docker build --build-arg VERTICLE=inventory --tag postbus/inventory:0.1.0 .
#
# There is a Java runtime in it, the verticle, and nothing else: no shell, no package manager. It runs as user 10001, and
# needs nothing to be writable but /tmp. What layers there are is told in k8s/image/tree.
ARG MAVEN_IMAGE=maven:3.9-eclipse-temurin-25
FROM ${MAVEN_IMAGE} AS build
ARG VERTICLE
WORKDIR /postbus
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -q package -DskipTests --projects "verticles/${VERTICLE:?which one?}" --also-make
RUN k8s/image/tree "$VERTICLE" /image

FROM scratch
ARG VERTICLE
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="postbus ${VERTICLE}" \
      org.opencontainers.image.description="A verticle of Postbus, event-driven microservices whose messages survive" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
# What changes least comes first: a change of a verticle's classes is some kilobytes of the last
COPY --from=build /image/1-runtime/ /
COPY --from=build /image/2-libraries/ /
COPY --from=build /image/3-shared/ /
COPY --from=build /image/4-service/ /
ENV CONF_DIR=/app/conf
WORKDIR /app
USER 10001:10001
# The gateway's API; health and metrics; the event bus; Hazelcast. By the settings that k8s/ gives
EXPOSE 8080 8081 15700 15701
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/jre/bin/java", "@/app/java.options"]
