// The versions of the servers that the end-to-end tests run, and of the images that docker-compose.yml names: one list,
// so that what is tested is what is started.

export const testedVersions = {
  otelcol: '0.155.0',
  prometheus: '3.15.0',
  promtool: '3.15.0',
  loki: '3.7.8',
  /** Where its binary is at hand. */
  tempo: '3.0.3',
} as const

/** Of docker-compose.yml, by the name of the service. */
export const images: Readonly<Record<string, string>> = {
  collector: `otel/opentelemetry-collector-contrib:${testedVersions.otelcol}`,
  prometheus: `prom/prometheus:v${testedVersions.prometheus}`,
  loki: `grafana/loki:${testedVersions.loki}`,
  tempo: `grafana/tempo:${testedVersions.tempo}`,
  // No binary of Grafana is to be had without containers: a named version, not a tested one.
  grafana: 'grafana/grafana:13.0.1',
}
