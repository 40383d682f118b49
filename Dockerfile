# docker build -t modelkeep .
# docker run -p 8686:8686 -p 8687:8687 -v modelkeep:/data -e MODELKEEP_API_KEYS=change-me modelkeep
FROM node:26.10.0-bookworm-slim AS packages
ARG TARGETARCH=amd64
WORKDIR /app
COPY package.json package-lock.json ./
# The image has its own Node, and of ONNX Runtime only what this platform loads stays.
RUN npm ci --omit=dev \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node \
  && cpu=$([ "$TARGETARCH" = amd64 ] && echo x64 || echo "$TARGETARCH") \
  && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d ! -path "*/linux/$cpu" -exec rm -r {} +

FROM node:26.10.0-bookworm-slim AS bundle
WORKDIR /app
COPY package.json package-lock.json build.ts ./
RUN npm ci
COPY src src
RUN npm run build

FROM node:26.10.0-bookworm-slim
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=packages /app /app
COPY --from=bundle /app/dist dist
USER node
ENV NODE_ENV=production MODELKEEP_HOST=0.0.0.0 MODELKEEP_DATA=/data
VOLUME /data
EXPOSE 8686 8687
HEALTHCHECK --start-period=20s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MODELKEEP_PORT || 8686}/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
