# syntax=docker/dockerfile:1
# The command line: `docker build -t portcullis .`, then `docker run --rm portcullis survey --region eu-west-1`. See docs/ci.md.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci && NX_DAEMON=false npx nx run cli:package

FROM node:24.21.0-bookworm-slim
COPY --from=build /src/tools/cli/package /opt/portcullis
RUN ln -s /opt/portcullis/bin/portcullis.mjs /usr/local/bin/portcullis
# Files that are mounted here can be named without a path.
WORKDIR /work
USER node
ENTRYPOINT ["portcullis"]
CMD ["--help"]
