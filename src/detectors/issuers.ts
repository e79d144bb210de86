// Tokens that show who issued them: what they begin with and what may follow, as the issuers document it.
import { byteSet, tokenBytes } from './bytes.ts'

export interface Issuer {
  readonly prefix: string
  /** Bytes of the rest. */
  readonly set: Uint8Array
  readonly min: number
  /** The rest has a digit or mixes cases: prefixes that words begin with too. */
  readonly mixed: boolean
}

export const alnumBytes = byteSet('A-Za-z0-9')
const capitals = byteSet('A-Z0-9')
const dashedCapitals = byteSet('A-Z0-9-')
const dashedHex = byteSet('a-f0-9-')
const dotted = byteSet('A-Za-z0-9_.-')
const base64 = byteSet('A-Za-z0-9+/=_-')
const pathAt = byteSet('A-Za-z0-9/_@-')
const dollars = byteSet('A-Za-z0-9$')
const pathLike = byteSet('A-Za-z0-9/_-')

const of = (set: Uint8Array, min: number, prefixes: string, mixed = false): Issuer[] =>
  prefixes.split(/\s+/).map((prefix) => ({ prefix, set, min, mixed }))

const issuers: readonly Issuer[] = [
  ...of(alnumBytes, 16, 'ghp_ gho_ ghu_ ghs_ ghr_'),
  ...of(tokenBytes, 20, 'github_pat_'),
  ...of(dotted, 16, 'glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glsoat- glimt- glagent- gloas- glffct- GR1348941'),
  ...of(tokenBytes, 10, 'xoxa- xoxb- xoxe- xoxp- xoxr- xoxs- xoxo- xapp- xoxc- xoxd-'),
  ...of(base64, 16, 'xoxe.xoxp- xoxe.xoxb-'),
  ...of(pathLike, 16, 'hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/'),
  ...of(pathAt, 30, 'webhook.office.com/webhookb2/ outlook.office.com/webhook/'),
  ...of(pathLike, 10, 'hooks.zapier.com/hooks/catch/'),
  // Of Discord: the id of the webhook and its token.
  ...of(pathLike, 60, 'api/webhooks/', true),
  ...of(tokenBytes, 8, 'sk_live_ sk_test_ pk_live_ pk_test_ rk_live_ rk_test_ sk_prod_ pk_prod_ rk_prod_'),
  ...of(base64, 16, 'whsec_'),
  ...of(alnumBytes, 14, 'acct_ ak_live_ ak_test_ rzp_live_ rzp_test_'),
  ...of(tokenBytes, 16, 'sk-ant- sk-proj- sk-or- sk-svcacct- sk-admin- sk-None-'),
  ...of(tokenBytes, 16, 'sk- sk_', true),
  ...of(capitals, 16, 'AKIA ASIA ABIA ACCA'),
  ...of(base64, 60, 'ABSK', true),
  ...of(tokenBytes, 30, 'AIza'),
  ...of(tokenBytes, 40, '1//0', true),
  ...of(dotted, 16, 'ya29.'),
  ...of(tokenBytes, 16, 'GOCSPX-'),
  ...of(alnumBytes, 30, 'npm_'),
  ...of(tokenBytes, 16, 'pypi-', true),
  ...of(alnumBytes, 32, 'cio', true),
  ...of(alnumBytes, 43, 'oy2', true),
  ...of(dotted, 20, 'SG.', true),
  ...of(alnumBytes, 16, 'hf_ api_org_ jina_ pnu_', true),
  ...of(alnumBytes, 16, 'dop_v1_ doo_v1_ dor_v1_ r8_ gsk_ xai- pplx- fw_ tvly- ico- csk- e2b_ nfp_ bkua_', true),
  ...of(
    tokenBytes,
    16,
    `shpat_ shpca_ shppa_ shpss_ lin_api_ ntn_ dapi pat- rnd_ key- re_ sq0atp- sq0csp- nvapi- lsv2_pt_ lsv2_sk_ pcsk_ napi_ squ_ sqp_ sqa_
    sgp_ sb_secret_ sntryu_ rubygems_ CLOJARS_ tgp_v1_`,
    true,
  ),
  ...of(base64, 20, 'sntrys_', true),
  ...of(dotted, 16, 'hvs. hvb. hvr. dp.pt. dp.st. dp.ct. dp.sa. pscale_', true),
  ...of(
    tokenBytes,
    16,
    'figd_ PMAK- dckr_pat_ dckr_oat_ glsa_ phc_ phx_ sbp_ pul- tfp_ CFPAT- HRKU- CCIPAT_ tskey-',
    true,
  ),
  ...of(
    tokenBytes,
    16,
    'NRAK- NRII- NRJS- NRRA- xkeysib- xsmtpsib- APP_USR- FLWSECK FLWPUBK shippo_ duffel_ AQVN',
    true,
  ),
  ...of(tokenBytes, 30, 'vercel_blob_rw_ access-production- access-sandbox- access-development- fo1_ rdme_ EAA', true),
  ...of(base64, 40, 'glc_ fm1r_ fm1a_ fm2_ aact_ ops_eyJ eyJrIjoi ATATT ATCTT', true),
  ...of(alnumBytes, 20, 'LTAI AKID ATBB', true),
  ...of(alnumBytes, 40, 'EZAK EZTK AKCp cmVmd secret_', true),
  ...of(tokenBytes, 40, 'sha256~'),
  ...of(dotted, 60, 'dt0c01. dt0s01. sl. t1.', true),
  ...of(dashedHex, 100, 'v1.0-', true),
  ...of(capitals, 26, 'API-', true),
  ...of(dashedCapitals, 30, 'A3-', true),
  ...of(tokenBytes, 20, 'api_key_ api-key- apikey_ apikey- API_KEY_', true),
  ...of(base64, 32, 'AGE-SECRET-KEY-1'),
  ...of(alnumBytes, 24, 's.', true),
  ...of(tokenBytes, 30, 'TEST-', true),
  ...of(dollars, 30, 'access_token$production$ access_token$sandbox$'),
  ...of(alnumBytes, 40, 'hcaik_ hcalk_ hcbik_'),
  ...of(dotted, 40, 'sk.eyJ pk.eyJ'),
  ...of(tokenBytes, 30, 'django-insecure-'),
]

/** As much of a prefix as tells it from other text. */
export const maxAnchor = 6
const anchorOf = (issuer: Issuer): string => issuer.prefix.slice(0, maxAnchor).toLowerCase()

/** For the automaton, in lower case; a token begins where no letter or digit comes before. */
export const issuerAnchors: readonly string[] = [...new Set(issuers.map(anchorOf))]

/** Issuers by the last two bytes of their anchor, lower case. */
const byEnding = new Map<number, Issuer[]>()
for (const issuer of issuers) {
  const anchor = anchorOf(issuer)
  const ending = endingOf(anchor.charCodeAt(anchor.length - 2), anchor.charCodeAt(anchor.length - 1))
  byEnding.set(ending, [...(byEnding.get(ending) ?? []), issuer])
}

function endingOf(before: number, last: number): number {
  return (lower(before) << 8) | lower(last)
}

function lower(b: number): number {
  return b >= 0x41 && b <= 0x5a ? b | 32 : b
}

/** Whose anchor may end with these two bytes. */
export const issuersEnding = (before: number, last: number): readonly Issuer[] | undefined =>
  byEnding.get(endingOf(before, last))
