# The gateway as an image. `docker compose build` makes it; docs/compose.md says how it is used.
# test/e2e/image.test.ts runs the commands of both stages without Docker, in empty folders.

# The sources become JavaScript: Node does not strip types below node_modules, and the image needs no compiler.
FROM node:26.10.0-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
# Not `npm run build`: npm would put the Node of the devDependencies first, which is not installed here.
RUN node node_modules/typescript/bin/tsc -p tsconfig.build.json
# The data folder, empty: the volume that is mounted over it takes its owner from here.
RUN mkdir data

FROM node:26.10.0-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY --from=build /build/dist dist
COPY rulesets rulesets
COPY schemas/events schemas/events
COPY deploy/gateway/image.yaml /etc/automagik-gateway/gateway.yaml
COPY --from=build --chown=10001:10001 --chmod=700 /build/data /data

# A number, so that Kubernetes can see that it is not root. Nothing but /data is written to.
USER 10001:10001
VOLUME /data
# OTLP/HTTP, OTLP/gRPC, and the gateway's own /health and /metrics.
EXPOSE 4318 4317 8882
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --start-interval=1s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8882/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["start", "--config", "/etc/automagik-gateway/gateway.yaml"]
