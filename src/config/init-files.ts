// The files that `automagik-gateway init` writes: a starting point that loads as it is, and says what else there is.

const gateway = `# The gateway's configuration, in the words of the OpenTelemetry Collector.
#   automagik-gateway start --config gateway.yaml
#
# \${env:NAME} is the value of a variable, \${env:NAME:-default} has a default; inside { } and [ ] it needs quotes.
# Relative paths start from the folder of this file.

# ---- What comes in
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:4318 # 0.0.0.0:4318 for every interface: then set a token, and tls (docs/tls.md)
        # max_request_body_size: 16MiB
        # cors: { allowed_origins: [https://app.example.com] } # web pages that may send
        # auth:
        #   bearer_token: \${env:GATEWAY_TOKEN}
        #   # For senders that can set no header, such as the Automagik SDKs: they send to http://HOST:4318/t/TOKEN
        #   path_token: \${env:GATEWAY_PATH_TOKEN}
      grpc:
        endpoint: 127.0.0.1:4317
        # auth:
        #   bearer_token: \${env:GATEWAY_TOKEN}

# ---- The privacy rules
ruleset: ruleset.yaml

# ---- Where clean telemetry goes: types are otlp_http, otlp_grpc, file and debug; a name comes after a slash
exporters:
  # OTLP JSON lines, one file for each signal, in data_dir
  file:
    rotation:
      max_megabytes: 100
      max_backups: 3

  # A Collector: the port is that of collector-config/gateway.yaml
  # otlp_http:
  #   endpoint: \${env:COLLECTOR_ENDPOINT:-http://127.0.0.1:24318}
  #   auth:
  #     bearer_token: \${env:COLLECTOR_TOKEN}
  #   compression: gzip
  #   timeout: 5s
  #   retry_on_failure:
  #     initial_interval: 5s
  #     max_interval: 30s
  #     max_elapsed_time: 5m
  #   sending_queue:
  #     queue_size: 32MiB
  #     num_consumers: 10
  #     batch:
  #       max_size: 1MiB
  #       flush_timeout: 200ms

  # The same over gRPC
  # otlp_grpc:
  #   endpoint: 127.0.0.1:24317

  # Single backends (docs/backends.md); \`automagik-gateway doctor --config gateway.yaml\` says whether they work
  # otlp_http/tempo:
  #   profile: tempo
  #   endpoint: http://tempo:4318
  # otlp_http/loki:
  #   profile: loki
  #   endpoint: http://loki:3100
  # otlp_http/prometheus:
  #   profile: prometheus
  #   endpoint: http://prometheus:9090

  # To look at while trying things out
  # debug:
  #   verbosity: basic # normal, detailed

# ---- Which signal goes where
service:
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [file]
    metrics:
      receivers: [otlp]
      exporters: [file]
    logs:
      receivers: [otlp]
      exporters: [file]

# ---- The gateway itself
data_dir: ./data # its key for pseudonyms, the state of its counters, and what the file exporter writes
admin:
  endpoint: 127.0.0.1:8882 # /health and /metrics; when the port is taken, the next free one
# metrics:
#   flush_interval: 10s # how often counters and the metrics made from events go out
# shutdown_timeout: 10s
`

const ruleset = `# Your privacy rules, above those that come with the gateway. Rules only ever tighten, in any order: of all classes that
# match a field the strictest wins. Looser than the default is a field only by an exception, with a reason and an owner.
#   automagik-gateway check ruleset.yaml     what is wrong with it
#   automagik-gateway preview --ruleset ruleset.yaml  what it does
version: 1
name: my-rules
extends: [builtin:automagik]

# ---- What is done to a kind of data. These are the built-in classes, and the forms of an action
# classes:
#   public: keep
#   internal: detect                     # stays, but for what the detectors find in it
#   user.id: {hash: {key: pseudonym}}    # hm:k1a2b3:9f2c…
#   phone: {phone: {show: country, hash: {key: pseudonym}}} # +55 hm:…
#   email: {email: {local: drop, domain: {hash: {key: pseudonym}}}} # [email]@hm:…
#   path: {path: {home: '~'}}
#   person: drop
#   content: drop
#   secret: {replace: '[REDACTED]'}
#   address: {replace: '[{kind}]'}
#   short: {truncate: 64}                # a class of your own
#   masked: mask                         # ****

# ---- Which fields are of which kind
# rules:
#   - id: customers
#     attr: [customer.number, 'customer.*.tax_number'] # * stands for anything
#     class: user.id
#   - id: crm-notes
#     attr: [crm_note]
#     in: [span, log]        # resource, scope, span, spanevent, spanlink, metric, datapoint, exemplar, log
#     service: [hive]        # a group or a service.name, see conventions.services
#     class: content
#   - id: status-text
#     path: span.status.message
#     class: content

# ---- Which fields may be looser than the default
# exceptions:
#   - attr: [service.name]
#     in: [resource]
#     class: public
#     reason: fixed in the deployment
#     owner: platform
#     expires: 2030-12-31

# ---- What holds where no rule matches. A class that drops makes the rules an allow-list
# defaults:
#   attribute: internal
#   body: internal
#   name: internal

# ---- What is looked for in text that stays
# detectors:
#   off: [mac]
#   phone_regions: [BR, US]
#   default_region: BR

# ---- Keys of pseudonyms. Without them the gateway makes one in its data folder. To rotate, add a key and make it active
# keys:
#   pseudonym:
#     active: k2
#     ring:
#       k1: {file: /run/secrets/pseudonym-k1}
#       k2: {env: GATEWAY_PSEUDONYM_K2}

# ---- What must stay true of them: automagik-gateway test ruleset.yaml
# tests:
#   - name: a customer is a pseudonym
#     in: {service: shop, span: {attributes: {customer.number: C-4711, plan: gold}}}
#     out: {span: {attributes: {customer.number: 'hm:*', plan: gold}}}
#     never: [C-4711]

# ---- Names: services of your own, and attributes that have a better name
# conventions:
#   services:
#     shop: [shop-web, shop-api]
#   rename:
#     cust_no: customer.number
`

const dotEnv = `# Variables that gateway.yaml and ruleset.yaml may name. Copy this file to gateway.env, and keep that one
# out of git.
# The gateway reads its environment, not this file:
#   set -a; . ./gateway.env; set +a; automagik-gateway start --config gateway.yaml

# What senders must know, when the receivers have \`auth\`
# GATEWAY_TOKEN=
# GATEWAY_PATH_TOKEN=

# Where clean telemetry goes
# COLLECTOR_ENDPOINT=http://127.0.0.1:24318
# COLLECTOR_TOKEN=…

# A key for pseudonyms: echo "base64:$(openssl rand -base64 32)"
# GATEWAY_PSEUDONYM_K2=

# In the programs that send (the Automagik SDKs):
# AUTOMAGIK_TELEMETRY_ENABLED=true
# AUTOMAGIK_TELEMETRY_ENDPOINT=http://127.0.0.1:4318
`

/** File name → text. */
export const initFiles: Readonly<Record<string, string>> = {
  'gateway.yaml': gateway,
  'ruleset.yaml': ruleset,
  'gateway.env.example': dotEnv,
}
