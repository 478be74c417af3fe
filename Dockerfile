# syntax=docker/dockerfile:1
# The operator's image: `docker build -t registry.example.com/martlet:0.1.0 .`
#
# The Swift runtime is linked statically; curl, libpq, libyaml and OpenSSL are Debian's, so their security fixes come
# with a rebuild on a newer base.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      libcurl4-openssl-dev libpq-dev libssl-dev libyaml-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# Dependencies change less often than sources: a layer of their own.
COPY Package.swift ./
RUN swift package resolve
# Tests are not built, but the manifest names their folders.
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib -Xlinker -s --product martlet \
 && install -D -m 0755 "$(swift build -c release --static-swift-stdlib -Xlinker -s --product martlet --show-bin-path)/martlet" \
      /out/martlet

FROM debian:bookworm-slim
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="martlet" \
      org.opencontainers.image.description="A Kubernetes operator for the life of a model" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      ca-certificates libcurl4 libpq5 libssl3 libstdc++6 libyaml-0-2 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 martlet \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin martlet
COPY --from=build /out/martlet /usr/local/bin/martlet
# A number, so that Kubernetes can tell that it is not root.
USER 10001:10001
# Metrics and probes.
EXPOSE 8080 8081
ENTRYPOINT ["/usr/local/bin/martlet"]
CMD ["operator"]
