# ouro as a container image: docker build -t ouro . (`./dev image` does without Docker).
# Kept to what every builder knows: no heredocs, no COPY --link.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends \
      g++ cmake ninja-build pkg-config liburing-dev libcrypt-dev libssl-dev libfmt-dev \
      libexpected-dev nlohmann-json3-dev libcli11-dev
WORKDIR /source
COPY . .
RUN cmake --preset release -DBUILD_TESTING=OFF \
 && cmake --build --preset release --target ouro \
 && strip build/release/ouro

FROM ${BASE}
RUN apt-get update \
 && apt-get install --yes --no-install-recommends liburing2 libcrypt1 libssl3 libfmt9 libstdc++6 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/log/apt \
      /var/log/dpkg.log
COPY --from=build /source/build/release/ouro /usr/bin/ouro
COPY config/docker/ouro.jsonc /etc/ouro/ouro.jsonc
# A number: a runtime can tell that it is not root without reading /etc/passwd.
USER 10001:10001
EXPOSE 8080
# Asks the admin listener; whoever configures another address, or none, overrides this with a URL.
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["/usr/bin/ouro", "health"]
ENTRYPOINT ["/usr/bin/ouro"]
CMD ["run"]
