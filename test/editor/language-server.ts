// The real YAML language server, the one inside VS Code's extension, as editors run it: JSON-RPC over standard input and
// output.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { fileURLToPath } from 'node:url'

interface Completion {
  readonly label: string
  readonly documentation?: string | { readonly value: string }
  readonly insertText?: string
}

interface Fault {
  readonly message: string
  readonly severity: number
  readonly range: { readonly start: Position; readonly end: Position }
}

/** Lines and characters count from 0. */
interface Position {
  readonly line: number
  readonly character: number
}

export interface LanguageServer {
  /** Opens a text as a file of this path, which need not be there, and waits for what is marked in it. */
  open(path: string, text: string): Promise<readonly Fault[]>
  /** What is offered at `|` in the text. */
  complete(path: string, text: string): Promise<readonly Completion[]>
  /** What the mouse shows at `|` in the text; empty for nothing. */
  hover(path: string, text: string): Promise<string>
  stop(): Promise<void>
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** Starts the server with the settings that the extension has of itself: no schemas but those that files name. */
export async function startLanguageServer(): Promise<LanguageServer> {
  const bin = fileURLToPath(
    new URL('../../node_modules/yaml-language-server/bin/yaml-language-server', import.meta.url),
  )
  const child = spawn(process.execPath, [bin, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting = new Map<number, (message: Message) => void>()
  const faults = new Map<string, (faults: readonly Fault[]) => void>()
  let next = 0
  let opened = 0

  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  const request = async (method: string, params: unknown): Promise<unknown> => {
    const id = ++next
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve))
    send({ id, method, params })
    const { result, error } = await answer
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result
  }
  const settings = { yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false } } }
  readMessages(child.stdout, (message) => {
    const { id, method, params = {} } = message
    if (method === undefined) return waiting.get(id ?? -1)?.(message)
    if (method === 'textDocument/publishDiagnostics')
      faults.get(params['uri'] as string)?.(params['diagnostics'] as Fault[])
    if (id === undefined) return undefined
    const items = (params['items'] ?? []) as { section?: string }[]
    send({
      id,
      result:
        method === 'workspace/configuration' ? items.map(({ section }) => settings[section as 'yaml'] ?? null) : null,
    })
  })
  await request('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      textDocument: {
        completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
        hover: { contentFormat: ['markdown'] },
        publishDiagnostics: { relatedInformation: true },
      },
      workspace: { configuration: true, didChangeConfiguration: {} },
    },
  })
  send({ method: 'initialized', params: {} })
  send({ method: 'workspace/didChangeConfiguration', params: { settings } })

  /** Each time as another file of the same folder. */
  const open = (path: string, text: string): { uri: string; marked: Promise<readonly Fault[]> } => {
    const uri = pathToFileURL(path.replace('.yaml', `.${++opened}.yaml`)).href
    const marked = new Promise<readonly Fault[]>((resolve) => faults.set(uri, resolve))
    send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'yaml', version: 1, text } } })
    return { uri, marked }
  }
  const at = async (method: string, path: string, text: string): Promise<unknown> => {
    const [before, after] = text.split('|', 2)
    const { uri } = open(path, before + after)
    const lines = before.split('\n')
    const position = { line: lines.length - 1, character: lines[lines.length - 1].length }
    return request(method, { textDocument: { uri }, position })
  }

  return {
    open: (path, text) => open(path, text).marked,
    complete: async (path, text) =>
      ((await at('textDocument/completion', path, text)) as { items: Completion[] }).items,
    async hover(path, text) {
      const found = (await at('textDocument/hover', path, text)) as { contents: { value: string } } | null
      return found?.contents.value ?? ''
    },
    async stop() {
      await request('shutdown', null)
      send({ method: 'exit' })
      await once(child, 'close')
    },
  }
}

/** Splits a stream into messages: a header with the length, an empty line, and so many bytes of JSON. */
function readMessages(stream: NodeJS.ReadableStream, onMessage: (message: Message) => void): void {
  let rest = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const end = rest.indexOf('\r\n\r\n')
      const length = Number(/Content-Length: (\d+)/i.exec(rest.toString('latin1', 0, Math.max(end, 0)))?.[1])
      if (end < 0 || rest.length < end + 4 + length) return
      const body = rest.subarray(end + 4, end + 4 + length)
      rest = rest.subarray(end + 4 + length)
      onMessage(JSON.parse(body.toString()) as Message)
    }
  })
}
