# One static binary; the sample register and every page are inside it.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /lensan ./cmd/lensan

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data lensan && install -d -o lensan /data
COPY --from=build /lensan /usr/local/bin/lensan
USER lensan
ENV LENSAN_DATA_DIR=/data
VOLUME /data
ENTRYPOINT ["lensan"]
CMD ["version"]
