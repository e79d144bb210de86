// Ids, times and figures of every scheme: what telemetry is full of and what is nobody's.
import { alphabets, type Random } from '../random.ts'
import type { Negative } from '../sample.ts'

type Maker = (random: Random) => string

const uuid = (r: Random, version = 4): string =>
  `${r.hex(8)}-${r.hex(4)}-${version}${r.hex(3)}-${r.pick(['8', '9', 'a', 'b'])}${r.hex(3)}-${r.hex(12)}`
/** 2015 to 2033. */
const seconds = (r: Random): number => r.between(1_420_000_000, 2_000_000_000)
const date = (r: Random): Date => new Date(seconds(r) * 1000 + r.int(1000))
const iso = (r: Random): string => date(r).toISOString()
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const word = (r: Random): string => r.of(alphabets.lower, r.between(3, 9))
const version = (r: Random): string => `${r.int(30)}.${r.int(40)}.${r.int(60)}`

/** The check digit of an EAN, UPC or GTIN. */
function gtin(r: Random, length: number, prefix = ''): string {
  const body = prefix + r.digits(length - 1 - prefix.length)
  const sum = [...body].toReversed().reduce((all, d, i) => all + Number(d) * (i % 2 === 0 ? 3 : 1), 0)
  return body + String((10 - (sum % 10)) % 10)
}

const makers: Readonly<Record<string, Maker>> = {
  'UUID v4': (r) => uuid(r),
  'UUID v7': (r) => uuid(r, 7),
  'UUID v1 in a path': (r) => `/v1/orders/${uuid(r, 1)}/items`,
  'UUID without dashes': (r) => uuid(r).replaceAll('-', ''),
  'UUID capitals in braces': (r) => `{${uuid(r).toUpperCase()}}`,
  ULID: (r) => r.of('01234567', 1) + r.of(crockford, 25),
  KSUID: (r) => r.alnum(27),
  xid: (r) => r.of('0123456789abcdefghijklmnopqrstuv', 20),
  cuid: (r) => `c${r.of(alphabets.lower + alphabets.digits, 24)}`,
  'nano id': (r) => r.of(alphabets.base64url, 21),
  snowflake: (r) => `message_id=${r.between(1, 9)}${r.digits(17)}`,
  'snowflake, 19 digits': (r) => `{"id":"1${r.digits(18)}","type":0}`,
  ObjectId: (r) => `ObjectId("${r.hex(24)}")`,
  traceparent: (r) => `00-${r.hex(32)}-${r.hex(16)}-01`,
  'B3 header': (r) => `b3: ${r.hex(32)}-${r.hex(16)}-1`,
  'X-Ray': (r) => `X-Amzn-Trace-Id: Root=1-${r.hex(8)}-${r.hex(24)};Parent=${r.hex(16)};Sampled=1`,
  'Cloud Trace': (r) => `X-Cloud-Trace-Context: ${r.hex(32)}/${r.digits(19)};o=1`,
  'Datadog trace': (r) => `dd.trace_id=${r.between(1, 9)}${r.digits(18)} dd.span_id=${r.between(1, 9)}${r.digits(17)}`,
  'span ids': (r) => `trace_id=${r.hex(32)} span_id=${r.hex(16)} trace_flags=01`,
  'request id': (r) => `x-request-id: ${r.alnum(16)}-${r.digits(6)}`,
  'git commit': (r) => `commit ${r.hex(40)}`,
  'git short': (r) => `${r.hex(7)} fix the thing (#${r.digits(4)})`,
  'sha256 digest': (r) => `nginx@sha256:${r.hex(64)}`,
  sha512: (r) => `sha512-${r.of(alphabets.base64, 86)}==`,
  md5: (r) => `md5sum ${r.hex(32)}  file.tar.gz`,
  ETag: (r) => `ETag: W/"${r.hex(4)}-${r.of(alphabets.base64, 27)}"`,
  'ETag of S3': (r) => `"${r.hex(32)}-${r.int(90)}"`,
  'container id': (r) => `container ${r.hex(12)} exited (137)`,
  'pod name': (r) =>
    `pod/${word(r)}-${r.of('bcdfghjklmnpqrstvwxz2456789', 10)}-${r.of('bcdfghjklmnpqrstvwxz2456789', 5)}`,
  ARN: (r) => `arn:aws:iam::${r.digits(12)}:role/${word(r)}-role`,
  'ARN of a queue': (r) => `arn:aws:sqs:eu-west-1:${r.digits(12)}:${word(r)}-queue`,
  'EC2 ids': (r) => `i-0${r.hex(16)} in vpc-0${r.hex(16)} subnet-${r.hex(8)}`,
  'GCP resource': (r) => `projects/${r.digits(12)}/locations/europe-west1/services/${word(r)}`,
  'Azure resource': (r) => `/subscriptions/${uuid(r)}/resourceGroups/${word(r)}/providers/Microsoft.Compute`,
  'Kafka position': (r) => `topic=${word(r)} partition=${r.int(64)} offset=${r.digits(r.between(6, 12))}`,
  lsn: (r) => `${r.hex(1).toUpperCase()}/${r.hex(8).toUpperCase()}`,
  'Redis stream': (r) => `${seconds(r)}${r.digits(3)}-0`,
  'build number': (r) => `build ${r.digits(8)} of pipeline ${r.digits(7)}`,
  'CI run': (r) => `https://github.com/acme/app/actions/runs/${r.digits(11)}/job/${r.digits(11)}`,
  order: (r) => `order ORD-${r.between(2019, 2030)}-${r.digits(6)} confirmed`,
  'order of a shop': (r) => `order ${r.digits(3)}-${r.digits(7)}-${r.digits(7)}`,
  'order number': (r) => `order_id=${r.digits(r.between(6, 10))}`,
  invoice: (r) => `INV-${r.digits(8)}`,
  ticket: (r) => `${r.of(alphabets.upper, 3)}-${r.digits(r.between(2, 5))}: cannot sign in`,
  'tracking, UPS': (r) => `1Z${r.of(alphabets.upper + alphabets.digits, 6)}${r.digits(10)}`,
  'tracking, USPS': (r) => `tracking 94${r.digits(20)}`,
  'EAN-13': (r) => `ean ${gtin(r, 13, r.pick(['400', '789', '50', '84']))}`,
  'EAN-8': (r) => gtin(r, 8),
  'UPC-A': (r) => `upc=${gtin(r, 12)}`,
  'GTIN-14': (r) => `gtin ${gtin(r, 14)}`,
  ISBN: (r) => `ISBN 978-${r.int(10)}-${r.digits(4)}-${r.digits(4)}-${r.int(10)}`,
  SKU: (r) => `sku=${r.of(alphabets.upper, 3)}-${r.digits(5)}-${r.of(alphabets.upper, 2)}`,
  'epoch seconds': (r) => String(seconds(r)),
  'epoch seconds, named': (r) => `"created": ${seconds(r)}, "expires": ${seconds(r)}`,
  'epoch with fraction': (r) => `${seconds(r)}.${r.digits(6)}`,
  'epoch milliseconds': (r) => `${seconds(r)}${r.digits(3)}`,
  'epoch milliseconds, JSON': (r) => `{"timestamp":${seconds(r)}${r.digits(3)},"v":1}`,
  'epoch microseconds': (r) => `${seconds(r)}${r.digits(6)}`,
  'epoch nanoseconds': (r) => `"startTimeUnixNano":"${seconds(r)}${r.digits(9)}"`,
  'ISO date': iso,
  'ISO date with offset': (r) => iso(r).replace('Z', '+03:00'),
  'ISO basic': (r) => iso(r).replace(/[-:]|\.\d+/g, ''),
  'compact time': (r) => iso(r).replace(/\D/g, '').slice(0, 14),
  'compact time with ms': (r) => iso(r).replace(/\D/g, ''),
  'RFC 1123': (r) => date(r).toUTCString(),
  'date of a file': (r) => `backup-${iso(r).slice(0, 19).replace(/[T:]/g, '-')}.tar.gz`,
  'date, slashes': (r) => date(r).toLocaleDateString('pt-BR', { timeZone: 'UTC' }),
  'date, US': (r) => date(r).toLocaleString('en-US', { timeZone: 'UTC' }),
  'date, German': (r) => date(r).toLocaleString('de-DE', { timeZone: 'UTC' }),
  'date, ranges': (r) => `from ${iso(r).slice(0, 10)} to ${iso(r).slice(0, 10)}`,
  years: (r) => `${r.between(1950, 2000)}-${r.between(2001, 2030)}`,
  duration: (r) => `took ${r.int(60)}m${r.int(60)}.${r.digits(9)}s`,
  'duration, ns': (r) => `duration_ns=${r.digits(r.between(7, 11))}`,
  version,
  'version of a build': (r) => `v${version(r)}-rc.${r.int(9)}+build.${r.digits(4)}`,
  'version of Windows': (r) => `Microsoft Windows [Version 10.0.${r.between(17000, 26100)}.${r.int(5000)}]`,
  'version of Chrome': (r) => `Chrome/${r.between(60, 140)}.0.${r.between(3000, 7000)}.${r.int(250)}`,
  'version, four parts': (r) => `version ${r.int(30)}.${r.int(20)}.${r.int(30)}.${r.int(200)}`,
  'calendar version': (r) => `${r.between(2018, 2030)}.${r.between(1, 12)}.${r.int(30)}`,
  package: (r) => `${word(r)}@${version(r)}`,
  'scoped package': (r) => `@${word(r)}/${word(r)}@^${version(r)}`,
  'Python package': (r) => `${word(r)}==${version(r)}.post${r.int(9)}`,
  jar: (r) => `${word(r)}-${version(r)}.jar`,
  deb: (r) => `lib${word(r)}${r.int(9)}:amd64 ${r.int(9)}:${version(r)}-${r.int(9)}ubuntu${r.int(9)}.${r.int(20)}`,
  'image tag': (r) => `registry.example.com/${word(r)}/${word(r)}:${version(r)}-alpine3.${r.int(20)}`,
  coordinates: (r) => `${r.between(-89, 89)}.${r.digits(6)}, ${r.between(-179, 179)}.${r.digits(6)}`,
  'coordinates, JSON': (r) => `{"lat":-${r.int(90)}.${r.digits(7)},"lng":-${r.int(180)}.${r.digits(7)}}`,
  float: (r) => `${r.between(-1000, 1000)}.${r.digits(r.between(3, 16))}`,
  scientific: (r) => `${r.int(9)}.${r.digits(8)}e-${r.int(20)}`,
  integers: (r) => r.digits(r.between(1, 9)).replace(/^0+(?=.)/, ''),
  'integers, JSON': (r) =>
    `{"count":${r.between(1, 1e9)},"size":${r.between(1, 1e9)},"n":[${r.int(1e6)},${r.int(1e6)}]}`,
  bytes: (r) => `wrote ${r.between(1, 9)}${r.digits(9)} bytes (${r.int(99)}.${r.int(9)} GB)`,
  memory: (r) => `MemTotal: ${r.digits(8)} kB MemFree: ${r.digits(8)} kB`,
  'addresses in memory': (r) => `0x${r.hex(12)} in main () at 0x0000${r.hex(12)}`,
  Prometheus: (r) => `http_requests_total{code="200",method="get"} ${r.between(1, 1e9)} ${seconds(r)}${r.digits(3)}`,
  'Prometheus, float': (r) => `process_cpu_seconds_total ${r.digits(6)}.${r.digits(2)}`,
  amounts: (r) =>
    `R$ ${r.between(1, 999)}.${r.digits(3)},${r.digits(2)} / US$ ${r.between(1, 999)},${r.digits(3)}.${r.digits(2)}`,
  percentages: (r) => `${r.int(100)}.${r.digits(2)}% of ${r.digits(6)}`,
  'file positions': (r) => `src/${word(r)}.ts:${r.between(1, 999)}:${r.between(1, 80)}`,
  ports: (r) => `listening on :${r.between(1024, 65535)}`,
  process: (r) => `pid ${r.between(1000, 4_194_304)} exited with code ${r.int(255)}`,
  syscall: (r) => `futex(0x${r.hex(12)}, FUTEX_WAIT_PRIVATE, ${r.int(9)}, NULL) = -1 EAGAIN`,
  OID: (r) => `1.3.6.1.4.1.${r.digits(5)}.${r.int(9)}.${r.int(20)}`,
  'IP mask': (r) => `netmask 255.255.${r.pick(['255', '252', '0'])}.0`,
  loopback: (r) => `http://127.0.0.1:${r.between(1024, 65535)}/health`,
  'loopback, IPv6': (r) => `[::1]:${r.between(1024, 65535)}`,
  'any address': (r) => `0.0.0.0:${r.between(1024, 65535)} and :::${r.between(1024, 65535)}`,
  'times of day': (r) =>
    `${r.between(10, 23)}:${r.between(10, 59)}:${r.between(10, 59)} - ${r.between(10, 23)}:${r.between(10, 59)}:${r.between(10, 59)}`,
  'C++ names': (r) => `std::vector<${word(r)}::${word(r)}>::push_back`,
  'Rust path': (r) => `${word(r)}::de::${word(r)}::face::bad`,
  fingerprint: (r) => `SHA256:${r.of(alphabets.base64, 43)}`,
  'postal codes': (r) => `CEP ${r.digits(5)}-${r.digits(3)}, ZIP ${r.digits(5)}-${r.digits(4)}`,
  colours: (r) => `#${r.hex(6)} rgba(${r.int(255)}, ${r.int(255)}, ${r.int(255)}, 0.5)`,
  'SVG path': (r) =>
    `M${r.int(90)}.${r.digits(2)} ${r.int(90)}.${r.digits(3)}l-${r.int(9)}.${r.digits(2)} ${r.int(9)}.${r.digits(2)}z`,
  base64: (r) => `data:image/png;base64,iVBORw0KGgo${r.of(alphabets.base64, 60)}=`,
  'hex dump': (r) => `00000${r.hex(3)}: ${r.hex(4)} ${r.hex(4)} ${r.hex(4)} ${r.hex(4)}  ..M.`,
  cron: (r) => `*/${r.between(1, 59)} ${r.int(24)} * * 1-5`,
  regex: (r) => `/^[a-z0-9._%+-]+\\.(${word(r)}|${word(r)})$/`,
  'retina file': (r) => `${word(r)}@2x.png`,
  'systemd unit': (r) => `Started getty@tty${r.int(9)}.service - Getty`,
  'git remote': (r) => `git@github.com:${word(r)}/${word(r)}.git`,
  decorator: (r) => `@Injectable() class ${word(r)} { @Input() ${word(r)} = 1 }`,
  mention: (r) => `thanks @${word(r)} and @${word(r)}!`,
  'npm script': (r) => `> ${word(r)}@${version(r)} test\n> vitest run --reporter=dot`,
  'tokens counted': (r) => `prompt_tokens=${r.digits(4)} completion_tokens=${r.digits(3)} total_tokens=${r.digits(4)}`,
  model: (r) => `gpt-4o-2024-08-06 max_tokens=${r.digits(4)} temperature=0.${r.int(9)} seed=${r.digits(6)}`,
  'chat completion': (r) => `chatcmpl-${r.alnum(29)}`,
  'message of Anthropic': (r) => `msg_01${r.alnum(22)}`,
  'call of a tool': (r) => `call_${r.alnum(24)} toolu_01${r.alnum(22)}`,
  'charge of a payment': (r) => `ch_3${r.alnum(23)} pi_3${r.alnum(23)} cus_${r.alnum(14)}`,
  'Kubernetes event': (r) =>
    `${r.int(60)}s  Normal  Pulled  pod/${word(r)}-${r.hex(9)}-${r.of(alphabets.lower, 5)}  Container image "x:${version(r)}" already present`,
  'resource version': (r) => `resourceVersion: "${r.digits(9)}" generation: ${r.int(20)}`,
  'GC log': (r) =>
    `[${r.int(999)}.${r.digits(3)}s][info][gc] GC(${r.int(999)}) Pause Young ${r.int(512)}M->${r.int(256)}M(${r.int(999)}M) ${r.int(20)}.${r.digits(3)}ms`,
  heap: (r) => `PSYoungGen total ${r.digits(6)}K, used ${r.digits(6)}K [0x${r.hex(16)}, 0x${r.hex(16)})`,
  SQL: (r) => `UPDATE t SET n = n + 1 WHERE id IN (${r.digits(7)}, ${r.digits(7)}, ${r.digits(7)})`,
  'bank account of nobody': (r) => `balance ${r.digits(9)} at ${iso(r).slice(0, 10)}`,
  'phone-like serial': (r) => `serial ${r.of(alphabets.upper, 2)}${r.digits(10)}`,
  'key that is none': (r) => `primary key (${word(r)}_id), foreign key: ${word(r)}`,
  'secret that is none': (r) =>
    r.pick([
      'password: required',
      'token expired',
      'secret "my-secret" not found',
      'invalid api key',
      'password must have 8 characters',
      'token: null',
      'unexpected token < in JSON at position 0',
      'the password field is empty',
      'SecretName: tls-cert',
      'token_type=bearer',
      'max_tokens: 4096',
      'passed=12 failed=0',
      'author=unknown',
      'key: name',
      'secretKeyRef:',
    ]),
}

/** `rounds` texts of every scheme. */
export function ids(random: Random, rounds: number): Negative[] {
  return Object.entries(makers).flatMap(([kind, make]) =>
    Array.from({ length: rounds }, (): Negative => ({ kind, text: make(random), personal: [] })),
  )
}
