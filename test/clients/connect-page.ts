// What docs/connect.md tells people to write, with the addresses of a test in place of the page's.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pages } from '../docs/pages.ts'
import { gatewayPorts, runGateway, type GatewayUnderTest } from '../e2e/support/gateway.ts'
import { freePort } from '../e2e/support/peers.ts'
import { temporaryFolder } from '../e2e/support/processes.ts'

export const connectPage = pages.find(({ path }) => path === 'docs/connect.md')!

/** The block of code whose info string is this, such as `sh env sdk`. */
export function blockOf(info: string): string {
  const block = connectPage.blocks.find((each) => each.info === info)
  if (block === undefined) throw new Error(`docs/connect.md has no block "${info}"`)
  return block.text
}

/** The variables that a block exports, with texts of the page replaced. */
export function environmentOf(name: string, replaced: Replaced): Record<string, string> {
  const lines = blockOf(`sh env ${name}`).matchAll(/^export (\w+)=(.*)$/gm)
  return Object.fromEntries([...lines].map(([, key, value]) => [key, replace(value, replaced)]))
}

type Replaced = Readonly<Record<string, string>>

function replace(text: string, replaced: Replaced): string {
  return Object.entries(replaced).reduce((all, [from, to]) => all.replaceAll(from, to), text)
}

export interface PageGateway extends GatewayUnderTest {
  /** The port that stands for the page's 443. */
  readonly tls: number
}

export interface PageGatewayOptions {
  /** Files beside gateway.yaml: relative path → text. */
  readonly files?: Readonly<Record<string, string>>
  /** Texts of the page to replace, before its addresses are. */
  readonly replaced?: Replaced
}

/** Starts the gateway with the gateway.yaml of the page that has these words in it, on free ports. */
export async function startPageGateway(
  words: string,
  { files = {}, replaced = {} }: PageGatewayOptions = {},
): Promise<PageGateway> {
  const block = connectPage.blocks.find(({ info, text }) => info === 'yaml gateway' && text.includes(words))
  if (block === undefined) throw new Error(`docs/connect.md has no gateway.yaml with "${words}"`)
  const ports = await gatewayPorts()
  const tls = await freePort()
  const yaml = replace(block.text, {
    ...replaced,
    '127.0.0.1:4318': `127.0.0.1:${ports.http}`,
    '0.0.0.0:4318': `127.0.0.1:${ports.http}`,
    '127.0.0.1:4317': `127.0.0.1:${ports.grpc}`,
    '127.0.0.1:443\n': `127.0.0.1:${tls}\n`,
  })
  const folder = temporaryFolder('connect')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const file = join(folder, 'gateway.yaml')
  writeFileSync(file, `${yaml}admin: { endpoint: 127.0.0.1:${ports.admin} }\n`)
  return { ...(await runGateway(file, folder, ports)), tls }
}
