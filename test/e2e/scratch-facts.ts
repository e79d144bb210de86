import { writeFileSync } from 'node:fs'
import { request } from 'undici'
import { startPrometheus } from './support/stores/prometheus.ts'
import { startLoki } from './support/stores/loki.ts'
import { pathOf } from './support/stores/stores.ts'
import { startServer, temporaryFolder } from './support/processes.ts'
import { answers, freePort } from './support/peers.ts'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
const post = async (url: string, body: Uint8Array, headers: any = {}) => {
  const r = await request(url, { method: 'POST', body, headers: { 'content-type': 'application/x-protobuf', ...headers } })
  const text = Buffer.from(await r.body.arrayBuffer()).toString('latin1').replace(/[^ -~]/g, '.')
  return `${r.statusCode} ${r.headers['content-type']} ${r.headers['retry-after'] ?? ''} ${text.slice(0, 300)}`
}
const pb = (s: any, o: any) => jsonToProtobuf(s, Buffer.from(JSON.stringify(o))).bytes.slice()
const ns = (ms: number) => `${Math.floor(ms)}000000`
const now = Date.now()
const logs = (entries: [number, string][], svc = 'svc') => pb('logs', { resourceLogs: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: svc } }] }, scopeLogs: [{ logRecords: entries.map(([ms, line]) => ({ timeUnixNano: ns(ms), body: { stringValue: line } })) }] }] })
const gauge = (name: string, points: [number, number][], extra: any[] = []) => pb('metrics', { resourceMetrics: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'svc' } }, { key: 'service.instance.id', value: { stringValue: 'i' } }] }, scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints: points.map(([ms, v]) => ({ timeUnixNano: ns(ms), asDouble: v })) } }, ...extra] }] }] })
const which = process.argv[2]
if (which === 'prom') {
  const p = await startPrometheus(pathOf('prometheus'))
  const url = `${p.otlp}/v1/metrics`
  console.log('empty', await post(url, new Uint8Array()))
  console.log('ctype charset', await post(url, gauge('a', [[now, 1]]), { 'content-type': 'application/x-protobuf; charset=utf-8' }))
  console.log('ok', await post(url, gauge('b', [[now, 1]])))
  console.log('dup other value + good', await post(url, gauge('b', [[now, 2]], [{ name: 'good', gauge: { dataPoints: [{ timeUnixNano: ns(now), asDouble: 1 }] } }])), await p.value('good'))
  console.log('empty metric', await post(url, gauge('c', [[now, 2]], [{ name: 'empty', gauge: { dataPoints: [] } }])), await p.value('c'))
  console.log('no data at all', await post(url, gauge('c2', [[now, 2]], [{ name: 'empty' }])), await p.value('c2'))
  console.log('no name', await post(url, gauge('c3', [[now, 2]], [{ gauge: { dataPoints: [{ timeUnixNano: ns(now), asDouble: 1 }] } }])), await p.value('c3'))
  console.log('too old', await post(url, gauge('d', [[now - 7200_000, 2]], [{ name: 'd2', gauge: { dataPoints: [{ timeUnixNano: ns(now), asDouble: 1 }] } }])), await p.value('d2'))
  console.log('too old existing', await post(url, gauge('b', [[now - 7200_000, 2]])))
  console.log('ooo in window', await post(url, gauge('b', [[now - 600_000, 2]])))
  console.log('future', await post(url, gauge('e', [[now + 7200_000, 2]])))
  console.log('delta', await post(url, gauge('f', [[now, 2]], [{ name: 'delta', sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ timeUnixNano: ns(now), asDouble: 1 }] } }])), await p.value('f'))
  console.log('zero time', await post(url, gauge('g', [[0, 2]])))
  console.log('garbage', await post(url, Buffer.from([0xff, 0xff])))
  console.log('wrong ctype', await post(url, new Uint8Array(), { 'content-type': 'text/plain' }))
  console.log('zstd', await post(url, new Uint8Array(), { 'content-encoding': 'zstd' }))
  console.log('flags', await (await request(`${p.url}/api/v1/status/flags`)).body.text())
  console.log('config', await (await request(`${p.url}/api/v1/status/config`)).body.text())
  console.log('build', await (await request(`${p.url}/api/v1/status/buildinfo`)).body.text())
  console.log('traces path', await post(`${p.otlp}/v1/traces`, new Uint8Array()))
  await p.stop()
  // without receiver, without window
  const folder = temporaryFolder('p'); const port = await freePort()
  writeFileSync(`${folder}/p.yml`, 'global: {scrape_interval: 15s}\n')
  for (const flags of [[], ['--web.enable-otlp-receiver']]) {
    const r = await startServer(pathOf('prometheus'), [`--config.file=${folder}/p.yml`, `--storage.tsdb.path=${folder}/d`, `--web.listen-address=127.0.0.1:${port}`, ...flags], () => answers(`http://127.0.0.1:${port}/-/ready`))
    console.log(flags, await post(`http://127.0.0.1:${port}/api/v1/otlp/v1/metrics`, gauge('b', [[now, 1]])))
    console.log(flags, await post(`http://127.0.0.1:${port}/api/v1/otlp/v1/metrics`, gauge('b', [[now-60000, 1]])))
    console.log('wrong path', await post(`http://127.0.0.1:${port}/v1/metrics`, gauge('b', [[now, 1]])))
    console.log('config', await (await request(`http://127.0.0.1:${port}/api/v1/status/config`)).body.text())
    await r.stop()
  }
}
if (which === 'loki') {
  const l = await startLoki(pathOf('loki'))
  const url = `${l.otlp}/v1/logs`
  console.log('empty', await post(url, new Uint8Array()))
  console.log('ctype charset', await post(url, logs([[now, 'x']]), { 'content-type': 'application/x-protobuf; charset=utf-8' }))
  console.log('ok', await post(url, logs([[now, 'a']])))
  console.log('too far behind + good', await post(url, logs([[now - 10_800_000, 'old'], [now + 1, 'good1'], [now - 10_800_001, 'old2'], [now + 2, 'good2']])))
  console.log('stored', (await l.query('{service_name="svc"}')).map((e) => e.line))
  console.log('good again', await post(url, logs([[now + 1, 'good1'], [now + 2, 'good2']])))
  const count = async (svc: string) => (await (await request(`${l.url}/loki/api/v1/query?${new URLSearchParams({ query: `sum(count_over_time({service_name="${svc}"}[1h]))` })}`)).body.json() as any).data.result
  console.log('stored', (await l.query('{service_name="svc"}')).map((e) => e.line), JSON.stringify(await count('svc')))
  console.log('future + good', await post(url, logs([[now + 7200_000, 'fut'], [now + 1, 'g1']], 'fut')), (await l.query('{service_name="fut"}')).map((e) => e.line))
  console.log('long line', await post(url, logs([[now, 'x'.repeat(300_000)], [now + 1, 'g1']], 'long')), (await l.query('{service_name="long"}')).map((e) => e.line.length))
  console.log('garbage', await post(url, Buffer.from([0xff, 0xff])))
  console.log('big 5MB', await post(url, logs(Array.from({ length: 50 }, (_, i) => [now + i, 'y'.repeat(100_000)] as [number, string]), 'big')))
  console.log('big 12MB', await post(url, logs(Array.from({ length: 120 }, (_, i) => [now + i, 'y'.repeat(100_000)] as [number, string]), 'big2')))
  console.log('big one stream 3.9MB', await post(url, logs(Array.from({ length: 39 }, (_, i) => [now + i, 'y'.repeat(100_000)] as [number, string]), 'big3')))
  console.log('wrong path', await post(`${l.url}/v1/logs`, logs([[now, 'a']])))
  console.log('traces', await post(`${l.otlp}/v1/traces`, new Uint8Array()))
  console.log('config', (await (await request(`${l.url}/config`)).body.text()).match(/.*(allow_structured|reject_old|auth_enabled|max_line_size|creation_grace|unordered|ingestion_burst|max_recv|per_stream_rate|max_chunk_age|grpc_server_max_recv|grpc_server_max_send).*/g))
  console.log('build', await (await request(`${l.url}/loki/api/v1/status/buildinfo`)).body.text())
  console.log('ready', await (await request(`${l.url}/ready`)).body.text())
  await l.stop()
}
if (which === 'col') {
  const [g, h] = [await freePort(), await freePort()]
  const folder = temporaryFolder('c'); const hp = await freePort()
  writeFileSync(`${folder}/c.yml`, `
receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:${g}"}, http: {endpoint: "127.0.0.1:${h}"}}}}
exporters: {nop: {}}
extensions: {health_check: {endpoint: "127.0.0.1:${hp}"}}
service: {extensions: [health_check], telemetry: {metrics: {level: none}}, pipelines: {logs: {receivers: [otlp], exporters: [nop]}}}
`)
  const r = await startServer(pathOf('otelcol'), ['--config', `${folder}/c.yml`], () => answers(`http://127.0.0.1:${hp}/`))
  const url = `http://127.0.0.1:${h}/v1/logs`
  console.log('empty', await post(url, new Uint8Array()))
  console.log('no pipeline', await post(`http://127.0.0.1:${h}/v1/traces`, new Uint8Array()))
  console.log('25MB', await post(url, logs(Array.from({ length: 250 }, (_, i) => [now + i, 'y'.repeat(100_000)] as [number, string]))))
  const { gzipSync } = await import('node:zlib')
  console.log('25MB gz', await post(url, gzipSync(logs(Array.from({ length: 250 }, (_, i) => [now + i, 'y'.repeat(100_000)] as [number, string]))), { 'content-encoding': 'gzip' }))
  console.log('ctype charset', await post(url, logs([[now, 'x']]), { 'content-type': 'application/x-protobuf; charset=utf-8' }))
  const { createOtlpGrpcTransport } = await import('../../src/exporters/otlp-grpc.ts')
  for (const compression of ['none', 'gzip'] as const) {
    const t = createOtlpGrpcTransport({ type: 'otlp_grpc', name: 'x', endpoint: `127.0.0.1:${g}`, compression }, console as any)
    console.log('grpc 5MB', await t.send('logs', logs(Array.from({ length: 50 }, (_, i) => [now + i, 'y'.repeat(100_000)] as [number, string])), new AbortController().signal))
    console.log('grpc empty', await t.send('logs', new Uint8Array(), new AbortController().signal))
    console.log('grpc no pipeline', await t.send('traces', new Uint8Array(), new AbortController().signal))
    await t.close()
  }
  await r.stop()
}
process.exit(0)
