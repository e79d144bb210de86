// A request as plain objects, by the names of OTLP/JSON: 64-bit integers as bigint, bytes as Buffer.

type Leaf = string | Buffer | boolean | number | bigint
export type Held = Leaf | Tree | readonly Leaf[] | readonly Tree[]
export interface Tree {
  [field: string]: Held | undefined
}

const idNames = new Set(['traceId', 'spanId', 'parentSpanId'])

/** OTLP/JSON: ids in hex, other bytes in base64, 64-bit integers as strings. */
export function jsonOf(request: Tree): Buffer {
  const plain = (name: string, value: Held | undefined): unknown => {
    if (typeof value === 'bigint') return String(value)
    if (Buffer.isBuffer(value)) return value.toString(idNames.has(name) ? 'hex' : 'base64')
    if (Array.isArray(value)) return (value as Held[]).map((each) => plain(name, each))
    if (typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value as Tree).map(([key, each]) => [key, plain(key, each)]))
  }
  return Buffer.from(JSON.stringify(plain('', request)))
}
