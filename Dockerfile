# One image for every role; the first word of the command says which. Built from what `mvn package` left in target/lib:
#   mvn -Dmaven.test.skip=true package && docker build -t millrace .
FROM eclipse-temurin:25-jre

COPY target/lib /opt/millrace/lib
COPY ops/image/millrace /usr/local/bin/millrace

# The cache of blobs is all that a role writes; everything else may be read-only.
RUN mkdir -p /var/cache/millrace && chown 65532:65532 /var/cache/millrace && chmod 755 /usr/local/bin/millrace
USER 65532:65532
ENV MILLRACE_WORKER_BLOB_CACHE=/var/cache/millrace MILLRACE_LOG_FORMAT=json \
    MILLRACE_PRODUCER_HTTP=0.0.0.0:9404 MILLRACE_WORKER_HTTP=0.0.0.0:9404 MILLRACE_AGGREGATOR_HTTP=0.0.0.0:9404
VOLUME /var/cache/millrace
EXPOSE 9404 8080
ENTRYPOINT ["/usr/local/bin/millrace"]
CMD ["--help"]
