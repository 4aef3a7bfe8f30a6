# syntax=docker/dockerfile:1
# The image of every service and command: docs/operations.md, "The image".
#   docker build -t paidonce .                      the program alone, for production
#   docker build -t paidonce-demo --target demo .   with the embedded servers, to try it out
# .github/dependabot.yml keeps the base image new.
FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS node

FROM node AS build
WORKDIR /build
COPY package.json package-lock.json ./
COPY src/package.json src/
COPY embedded/package.json embedded/
RUN npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier
COPY . .
RUN npm run --silent build && mkdir data

FROM node AS program
# glibc gives each thread memory of its own, which V8's threads leave half empty: two such arenas will do.
ENV NODE_ENV=production HEALTH_PORT=8080 MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=build /build/package.json /build/LICENSE ./
COPY --from=build /build/src/paidonce.js src/
COPY --from=build /build/dist/cli dist/cli
# Numbers, so that Kubernetes can see that it is not root (runAsNonRoot). Nothing in /app is theirs to write.
USER 10001:10001
EXPOSE 8080
# A worker answers it. A command that ends by itself is never old enough to be asked.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
# The program itself is the first process, and so the one that is asked to stop.
ENTRYPOINT ["node", "src/paidonce.js"]
CMD ["worker", "--service", "payments"]

FROM program AS demo
COPY --from=build /build/embedded/package.json node_modules/@paidonce/embedded/
COPY --from=build /build/embedded/dist node_modules/@paidonce/embedded/dist
# The one folder that is its user's to write: mount a volume there, and a tmpfs at /tmp.
COPY --from=build --chown=10001:10001 /build/data /data
ENV PAIDONCE_DATA_DIR=/data/paidonce HEALTH_PORT=
HEALTHCHECK NONE
CMD ["demo"]

# The last stage is what is built by default.
FROM program
