// Tokens in the formats that their issuers document, or that show in the rules of public secret scanners. Made up.
import { faker } from '@faker-js/faker'
import { alphabets, type Random } from '../random.ts'
import type { Value } from '../sample.ts'

/** `name: format`; `{a36}` is 36 of: a alphanumeric, d digits, h hex, H hex capitals, l small, u capitals and digits, b base64, w base64url, B base32, s decimal digits in base64. */
const formats = `
github-classic: ghp_{a36}
github-oauth: gho_{a36}
github-user: ghu_{a36}
github-server: ghs_{a36}
github-refresh: ghr_{a36}
github-fine-grained: github_pat_{a22}_{a59}
gitlab-personal: glpat-{w20}
gitlab-routable: glpat-{w27}.{l2}{d7}
gitlab-deploy: gldt-{w20}
gitlab-runner: glrt-{w20}
gitlab-runner-routable: glrt-t1_{w27}.{l2}{d7}
gitlab-job: glcbt-{h2}_{w20}
gitlab-trigger: glptt-{h40}
gitlab-feed: glft-{w20}
gitlab-scim: glsoat-{w20}
gitlab-mail: glimt-{w25}
gitlab-agent: glagent-{w50}
gitlab-oauth-app: gloas-{h64}
gitlab-feature-flags: glffct-{w20}
gitlab-registration: GR1348941{w20}
slack-bot: xoxb-{d12}-{d13}-{a24}
slack-user: xoxp-{d12}-{d12}-{d13}-{h32}
slack-app: xapp-1-A{u10}-{d13}-{h64}
slack-config: xoxe.xoxp-1-{b160}
slack-refresh: xoxe-1-{u146}
slack-webhook: https://hooks.slack.com/services/T{u8}/B{u10}/{a24}
openai-project: sk-proj-{w74}T3BlbkFJ{w74}
openai-service: sk-svcacct-{w58}T3BlbkFJ{w58}
openai-classic: sk-{a20}T3BlbkFJ{a20}
openai-admin: sk-admin-{w58}T3BlbkFJ{w58}
anthropic-api: sk-ant-api03-{w93}AA
anthropic-admin: sk-ant-admin01-{w93}AA
anthropic-oauth: sk-ant-oat01-{w80}AA
openrouter: sk-or-v1-{h64}
deepseek: sk-{h32}
aws-access: AKIA{B16}
aws-temporary: ASIA{B16}
aws-bedrock: ABSK{b120}
google-api: AIza{w35}
google-oauth-secret: GOCSPX-{w28}
google-oauth-access: ya29.{w120}
google-refresh: 1//0{d1}{w90}
stripe-live: sk_live_{a24}
stripe-test: sk_test_{a99}
stripe-restricted: rk_live_{a99}
stripe-webhook: whsec_{a32}
stripe-publishable: pk_live_{a24}
npm: npm_{a36}
pypi: pypi-AgEIcHlwaS5vcmc{w120}
rubygems: rubygems_{h48}
clojars: CLOJARS_{h60}
crates-io: cio{a32}
nuget: oy2{l43}
docker-hub: dckr_pat_{w27}
telegram: {d10}:AA{w33}
discord-bot: {s18}.G{a5}.{w38}
discord-webhook: https://discord.com/api/webhooks/{d19}/{w68}
twilio-account: AC{h32}
twilio-key: SK{h32}
sendgrid: SG.{w22}.{w43}
mailgun: key-{h32}
mailchimp: {h32}-us{d2}
brevo: xkeysib-{h64}-{a16}
postmark-resend: re_{a8}_{a24}
huggingface: hf_{a34}
huggingface-org: api_org_{a34}
replicate: r8_{a37}
groq: gsk_{a52}
xai: xai-{a80}
perplexity: pplx-{a48}
nvidia: nvapi-{w64}
fireworks: fw_{a24}
tavily: tvly-{a32}
langsmith: lsv2_pt_{h32}_{h10}
langfuse-secret: sk-lf-{h8}-{h4}-{h4}-{h4}-{h12}
elevenlabs: sk_{h48}
pinecone: pcsk_{a5}_{a62}
digitalocean-pat: dop_v1_{h64}
digitalocean-oauth: doo_v1_{h64}
digitalocean-refresh: dor_v1_{h64}
databricks: dapi{h32}
heroku: HRKU-AA{w58}
fly-io: fo1_{w43}
flyio-macaroon: fm2_{b120}
vault-service: hvs.{w95}
vault-batch: hvb.{w140}
terraform-cloud: {a14}.atlasv1.{w64}
doppler: dp.pt.{a43}
doppler-service: dp.st.dev.{a40}
pulumi: pul-{h40}
planetscale: pscale_tkn_{w43}
planetscale-password: pscale_pw_{w43}
supabase: sbp_{h40}
supabase-secret: sb_secret_{w31}
neon: napi_{a60}
cloudflare-origin: v1.0-{h24}-{h146}
grafana-service: glsa_{a32}_{h8}
grafana-cloud: glc_{b120}
grafana-legacy: eyJrIjoi{a80}
newrelic-user: NRAK-{u27}
newrelic-insert: NRII-{w32}
newrelic-browser: NRJS-{h19}
dynatrace: dt0c01.{u24}.{u64}
sentry-user: sntryu_{h64}
sentry-org: sntrys_eyJpYXQiO{b80}_{b43}
posthog: phc_{a43}
posthog-personal: phx_{a43}
sonarqube: squ_{h40}
snyk-postman: PMAK-{h24}-{h34}
linear: lin_api_{a40}
notion: ntn_{d11}{a35}
notion-old: secret_{a43}
airtable: pat{a14}.{h64}
asana: 1/{d16}:{h32}
atlassian: ATATT3xFfGF0{w180}={H8}
bitbucket: ATBB{a32}
figma: figd_{w40}
dropbox: sl.{w135}
shopify-access: shpat_{h32}
shopify-custom: shpca_{h32}
shopify-private: shppa_{h32}
shopify-secret: shpss_{h32}
square-access: EAAA{w60}
square-secret: sq0csp-{w43}
square-token: sq0atp-{w22}
facebook-page: EAACEdEose0cBA{a120}
paystack-flutterwave: FLWSECK_TEST-{h32}-X
mercadopago: APP_USR-{d16}-{d6}-{h32}-{d9}
asaas: $aact_prod_{b120}
pagarme: ak_live_{a30}
easypost: EZAK{a54}
shippo: shippo_live_{h40}
duffel: duffel_live_{w43}
plaid: access-production-{h8}-{h4}-{h4}-{h4}-{h12}
typeform: tfp_{w44}_{w14}
algolia-octopus: API-{u26}
onepassword: A3-{u6}-{u6}-{u5}-{u5}-{u5}-{u5}
onepassword-service: ops_eyJ{b260}
age: AGE-SECRET-KEY-1{u58}
alibaba: LTAI{a20}
tencent: AKID{a32}
yandex: AQVN{w36}
infracost: ico-{a32}
prefect: pnu_{a36}
readme: rdme_{l70}
buildkite: bkua_{h40}
circleci: CCIPAT_{a22}_{h40}
netlify: nfp_{a36}
render: rnd_{a28}
railway-vercel: vercel_blob_rw_{a16}_{a30}
contentful: CFPAT-{w43}
artifactory: AKCp{a69}
artifactory-reference: cmVmd{a59}
openshift: sha256~{w43}
azure-client-secret: {a3}8Q~{w34}
sourcegraph: sgp_{h16}_{h40}
tailscale: tskey-auth-k{a10}CNTRL-{a32}
`

const kinds: Readonly<Record<string, string>> = {
  a: alphabets.alnum,
  d: alphabets.digits,
  h: alphabets.hex,
  H: alphabets.hex.toUpperCase(),
  l: alphabets.lower + alphabets.digits,
  u: alphabets.upper + alphabets.digits,
  b: alphabets.base64,
  w: alphabets.base64url,
  B: alphabets.base32,
}

/** What cannot end a token: a dash or an underscore there would not be seen to belong to it. */
function filled(random: Random, format: string): string {
  const text = format.replace(/\{(\w)(\d+)\}/g, (_, kind: string, count: string) =>
    kind === 's'
      ? Buffer.from(random.between(1, 9) + random.digits(Number(count) - 1)).toString('base64url')
      : random.of(kinds[kind], Number(count)),
  )
  return text.replace(/[-_+/]$/, 'A').replace(/[-_]$/, 'A')
}

/** `rounds` tokens of every issuer. */
export function tokens(random: Random, rounds: number): Value[] {
  const list: Value[] = []
  for (const line of formats.trim().split('\n')) {
    const cut = line.indexOf(': ')
    for (let i = 0; i < rounds; i++) {
      const written = filled(random, line.slice(cut + 2))
      // Of a webhook the way to it may stay.
      const secret = written.replace(/^https:\/\/(?:hooks\.slack\.com\/services|discord\.com\/api\/webhooks)\//, '')
      list.push({ detector: 'api-key', form: line.slice(0, cut), written, secret, frames: 'any' })
    }
  }
  return list
}

const specials = '!@#$%^*()-+=.,~?_|'

/** Values that only their name tells: passwords, opaque tokens. */
export function named(random: Random, count: number): Value[] {
  const make: Readonly<Record<string, () => string>> = {
    'named, hex': () => random.hex(random.pick([16, 32, 40, 64])),
    'named, alphanumeric': () => random.alnum(random.between(16, 48)),
    'named, base64': () => `${random.of(alphabets.base64, 43)}=`,
    'named, base64url': () => `${random.of(alphabets.base64url, 30)}A`,
    'named, UUID': () => `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`,
    'password, with special characters': () => random.alnum(8) + random.of(specials, 2) + random.alnum(4),
    'password, letters and digits': () => random.alnum(random.between(8, 14)),
    'password, words': () => [4, 5, 6].map((n) => random.of(alphabets.lower, n)).join('-') + random.digits(2),
    'password, of faker': () => faker.internet.password(),
  }
  return Object.entries(make).flatMap(([form, one]) =>
    Array.from({ length: count }, (): Value => ({
      detector: 'api-key',
      form,
      written: one(),
      frames: form.startsWith('password') ? 'password' : 'secret',
    })),
  )
}

/** `Basic` with a user and a password. */
export function basic(random: Random, count: number): Value[] {
  return Array.from({ length: count }, (): Value => {
    const encoded = Buffer.from(`${random.of(alphabets.lower, 6)}:${random.alnum(10)}`).toString('base64')
    const before = random.pick([
      'Authorization: Basic ',
      'authorization=Basic ',
      'Proxy-Authorization: Basic ',
      'auth: "Basic ',
    ])
    return { detector: 'api-key', form: 'Basic', written: before + encoded, secret: encoded, frames: 'whole' }
  })
}

const header = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export function jwts(random: Random, count: number): Value[] {
  const algorithms = ['HS256', 'RS256', 'ES256', 'EdDSA', 'PS512']
  const forms: Readonly<Record<string, () => string>> = {
    signed: () =>
      [
        header({ alg: random.pick(algorithms), typ: 'JWT' }),
        header({ sub: random.digits(8), iat: 1_700_000_000 + random.int(1e8) }),
        random.of(alphabets.base64url, 43),
      ].join('.'),
    'type first': () =>
      [header({ typ: 'JWT', alg: random.pick(algorithms) }), header({ n: random.alnum(20) }), random.alnum(86)].join(
        '.',
      ),
    unsecured: () => `${header({ alg: 'none' })}.${header({ sub: random.digits(8), scope: 'all' })}.`,
    encrypted: () =>
      [
        header({ alg: 'RSA-OAEP', enc: 'A256GCM' }),
        random.alnum(342),
        random.alnum(16),
        random.alnum(90),
        random.alnum(22),
      ].join('.'),
    'encrypted, direct': () =>
      [header({ alg: 'dir', enc: 'A128CBC-HS256' }), '', random.alnum(22), random.alnum(90), random.alnum(22)].join(
        '.',
      ),
    'cut off': () => [header({ alg: 'HS256', typ: 'JWT' }), header({ sub: random.digits(8) }).slice(0, 20)].join('.'),
  }
  return Object.entries(forms).flatMap(([form, one]) =>
    Array.from({ length: count }, (): Value => {
      const written = one()
      return { detector: 'jwt', form, written, secret: written.replace(/\.$/, ''), frames: 'any' }
    }),
  )
}

const labels = ['', 'RSA ', 'EC ', 'DSA ', 'OPENSSH ', 'ENCRYPTED ']

/** Made-up base64 between the lines of a key. */
export function privateKeys(random: Random, count: number): Value[] {
  const lines = (n: number): string[] => Array.from({ length: n }, () => random.of(alphabets.base64, 64))
  const block = (label: string, body: string[], end: string): string =>
    [`-----BEGIN ${label}-----`, ...body, `-----END ${label}-----`].join(end)
  const forms: Readonly<Record<string, (body: string[]) => string>> = {
    lines: (body) => block(`${random.pick(labels)}PRIVATE KEY`, body, '\n'),
    'Windows lines': (body) => block(`${random.pick(labels)}PRIVATE KEY`, body, '\r\n'),
    'in JSON': (body) => `{"private_key": "${block('PRIVATE KEY', body, '\\n')}\\n", "type": "service_account"}`,
    'in JSON in JSON': (body) => `{"x": "{\\"key\\": \\"${block('RSA PRIVATE KEY', body, '\\\\n')}\\"}"}`,
    'one line': (body) => `key: ${block('PRIVATE KEY', body, ' ')} end`,
    'run together': (body) => `KEY=${block('EC PRIVATE KEY', body, '')}`,
    'cut off': (body) => ['-----BEGIN RSA PRIVATE KEY-----', ...body].join('\n'),
    PGP: (body) => block('PGP PRIVATE KEY BLOCK', ['', ...body, '=AbCd'], '\n'),
    'with headers': (body) =>
      block(
        'RSA PRIVATE KEY',
        ['Proc-Type: 4,ENCRYPTED', `DEK-Info: AES-128-CBC,${random.hex(32).toUpperCase()}`, '', ...body],
        '\n',
      ),
    'in YAML': (body) => `tls:\n  key: |\n    ${block('PRIVATE KEY', body, '\n    ')}\n  x: 1`,
    'in a log line': (body) => `2025-01-15T10:30:00Z ERROR cannot read "${block('PRIVATE KEY', body, '\\n')}": bad`,
    SSH2: (body) =>
      ['---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----', ...body, '---- END SSH2 ENCRYPTED PRIVATE KEY ----'].join('\n'),
  }
  return Object.entries(forms).flatMap(([form, one]) =>
    Array.from({ length: count }, (): Value => {
      const body = lines(random.between(3, 12))
      const written = one(body)
      const from = written.indexOf(body[0])
      const last = body[body.length - 1]
      const secret = written.slice(from, written.indexOf(last) + last.length)
      return { detector: 'private-key', form, written, secret, frames: 'whole' }
    }),
  )
}
