// Requests as bytes on a socket, for what no HTTP client would send, and for seeing an answer exactly as it is.
import { connect, type Socket } from 'node:net'

interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface RawConnection extends Disposable {
  readonly socket: Socket
  send(...parts: (string | Uint8Array)[]): void
  /** The next answer; undefined when the other side closed before one was complete. */
  answer(): Promise<RawAnswer | undefined>
  /** Ends when the other side has closed. */
  closed(): Promise<void>
}

export async function rawConnection(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1')
  let received: Buffer = Buffer.alloc(0)
  let over = false
  let wake = (): void => {}
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    wake()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    over = true
    wake()
  })
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const change = (): Promise<void> => new Promise((resolve) => (wake = resolve))

  return {
    socket,
    send(...parts) {
      socket.write(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))))
    },
    async answer() {
      for (;;) {
        const end = received.indexOf('\r\n\r\n')
        if (end >= 0) {
          const [line, ...fields] = received.subarray(0, end).toString().split('\r\n')
          const headers = Object.fromEntries(fields.map((field) => splitField(field)))
          const length = Number(headers['content-length'] ?? 0)
          if (received.length >= end + 4 + length) {
            const body = received.subarray(end + 4, end + 4 + length)
            received = received.subarray(end + 4 + length)
            return { status: Number(line.split(' ')[1]), headers, body }
          }
        }
        if (over) return undefined
        await change()
      }
    },
    async closed() {
      if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
    },
    [Symbol.dispose]() {
      socket.destroy()
    },
  }
}

function splitField(field: string): [string, string] {
  const colon = field.indexOf(':')
  return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()]
}

/** The head of a POST, ended. */
export function head(path: string, headers: Record<string, string | number> = {}): string {
  const fields = { Host: 'gateway', 'Content-Type': 'application/x-protobuf', ...headers }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
