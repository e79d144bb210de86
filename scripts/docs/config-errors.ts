// Every code of gateway.yaml, each with a file that earns it.
import type { ErrorExample } from './error-example.ts'

const pipelines = (exporter: string): string =>
  `service:
  pipelines:
    traces: { receivers: [otlp], exporters: [${exporter}] }`

export const configErrors: readonly ErrorExample[] = [
  {
    name: 'unreadable',
    yaml: '',
    files: {},
    mend: 'Name a file that is there and may be read: `--config FILE`, a ruleset, a file with a secret.',
  },
  {
    name: 'syntax',
    yaml: `receivers:
  otlp: {protocols: {http: {}}
`,
    mend: 'Mend the YAML. The place is where the reader noticed; the cause may be above it.',
  },
  {
    name: 'unknown-key',
    yaml: `admin:
  endpont: 127.0.0.1:8882
`,
    mend: 'Write one of the keys that the message names. Nothing is passed over, so that a typing error is no silent default.',
  },
  {
    name: 'missing-key',
    yaml: `exporters:
  otlp_grpc:
    compression: gzip
${pipelines('otlp_grpc')}
`,
    mend: 'Add the key.',
  },
  {
    name: 'missing-value',
    yaml: `exporters:
  otlp_http:
    endpoint:
${pipelines('otlp_http')}
`,
    mend: 'Give the key a value, or take it out.',
  },
  {
    name: 'wrong-type',
    yaml: `data_dir: [data]
`,
    mend: 'Write a value of the type that the message names.',
  },
  {
    name: 'wrong-value',
    yaml: `exporters:
  otlp_http:
    endpoint: http://127.0.0.1:14318
    compression: zip
${pipelines('otlp_http')}
`,
    mend: 'Write one of the values, or a value of the form, that the message names.',
  },
  {
    name: 'variable-syntax',
    yaml: `data_dir: \${DATA_DIR}
`,
    mend: 'Write `${env:NAME}`. A dollar sign that is none of a variable is written `$$`.',
  },
  {
    name: 'unset-variable',
    yaml: `data_dir: \${env:GATEWAY_DATA}
`,
    mend: 'Set the variable in the environment of the gateway, or write a default: `${env:GATEWAY_DATA:-./data}`.',
  },
  {
    name: 'unknown-exporter',
    yaml: `exporters:
  otlp_http/tempo:
    endpoint: http://tempo:4318
${pipelines('otlp_http/temp')}
`,
    mend: 'Name an exporter as it stands under `exporters`; there, begin its name with one of the types.',
  },
  {
    name: 'profile-mismatch',
    yaml: `exporters:
  otlp_http/loki:
    profile: loki
    endpoint: http://loki:3100
${pipelines('otlp_http/loki')}
`,
    mend: 'Send a store the signals that it takes, by the protocol that it speaks: [Connect a backend](backends.md).',
  },
  {
    name: 'two-authorizations',
    yaml: `exporters:
  otlp_http/cloud:
    endpoint: https://otlp.example.com
    headers: { Authorization: 'Bearer \${env:TOKEN}' }
    auth: { basic: { username: '12345', password: '\${env:TOKEN}' } }
${pipelines('otlp_http/cloud')}
`,
    env: { TOKEN: 'x' },
    mend: 'Keep the one that the backend asks for.',
  },
  {
    name: 'grpc-proxy',
    yaml: `exporters:
  otlp_grpc/far:
    endpoint: https://otlp.example.com:4317
    proxy_url: https://proxy:3129
${pipelines('otlp_grpc/far')}
`,
    mend: 'Name the http:// address of the proxy, or send by `otlp_http`, whose proxies may be https://.',
  },
  {
    name: 'unknown-receiver',
    yaml: `receivers:
  otlp/tls:
    protocols: { http: { endpoint: 0.0.0.0:5318 } }
exporters:
  debug:
service:
  pipelines:
    traces: { receivers: [otlp/tsl], exporters: [debug] }
`,
    mend: 'Name a receiver as it stands under `receivers`; there, a name is `otlp`, or `otlp/` and a name.',
  },
  {
    name: 'unused-receiver',
    yaml: `receivers:
  otlp:
    protocols: { http: }
  otlp/tls:
    protocols: { http: { endpoint: 0.0.0.0:5318 } }
exporters:
  debug:
${pipelines('debug')}
`,
    mend: 'Whatever came to it would be refused: use the receiver in a pipeline, or take it out.',
  },
  {
    name: 'tls-file',
    yaml: `receivers:
  otlp:
    protocols:
      http:
        tls: { cert_file: certs/gateway.pem, key_file: certs/gateway-key.pem }
`,
    mend: 'The message says what is wrong with the file. [TLS](tls.md) shows how to make one that fits.',
  },
  {
    name: 'tls-contradiction',
    yaml: `exporters:
  otlp_grpc:
    endpoint: http://collector:4317
    tls: { insecure_skip_verify: true }
${pipelines('otlp_grpc')}
`,
    mend: 'Say either that there is TLS or that there is none: in the endpoint, or in `tls`.',
  },
  {
    name: 'insecure-skip-verify',
    yaml: `exporters:
  otlp_grpc:
    endpoint: collector:4317
    tls: { insecure_skip_verify: true }
${pipelines('otlp_grpc')}
`,
    mend: 'A warning: the gateway starts. Anybody between it and the backend could read what it sends.',
  },
  {
    name: 'no-pipeline',
    yaml: `exporters:
  debug:
service:
  pipelines: {}
`,
    mend: 'Say which signals go where.',
  },
  {
    name: 'no-endpoint',
    yaml: `exporters:
  otlp_http/loki:
    logs_endpoint: http://loki:3100/otlp/v1/logs
${pipelines('otlp_http/loki')}
`,
    mend: 'Give the exporter `endpoint`, or the endpoint of this signal, or take it out of the pipeline.',
  },
  {
    name: 'unused-exporter',
    yaml: `exporters:
  debug:
  file:
${pipelines('file')}
`,
    mend: 'A warning: the gateway starts. Use the exporter in a pipeline, or take it out.',
  },
  {
    name: 'same-endpoint',
    yaml: `receivers:
  otlp:
    protocols:
      http: { endpoint: 0.0.0.0:4317 }
      grpc:
`,
    mend: 'Give each an address of its own.',
  },
  {
    name: 'loop',
    yaml: `exporters:
  otlp_http:
    endpoint: http://localhost:4318
${pipelines('otlp_http')}
`,
    mend: 'Move the receiver (`receivers.otlp.protocols.http.endpoint`) or the backend to another port.',
  },
  {
    name: 'same-directory',
    yaml: `exporters:
  file/a:
  file/b:
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [file/a, file/b] }
`,
    mend: 'Give each `file` exporter a `directory` of its own.',
  },
]
