// Small state machines over bytes and their product: one table-driven automaton. Runs once per set of options.

/** A machine over bytes. State 0 is where text begins. */
export interface Machine {
  /** Bytes of one class are never told apart. */
  classOf(byte: number): number
  next(state: number, byte: number): number
  /** The anchors (bits) that are complete in this state. */
  out(state: number): number
}

export interface Automaton {
  /** `next = table[state + classes[byte]]`: a state is where its row begins. */
  readonly table: Uint32Array
  readonly classes: Uint8Array
  /** Of a row. */
  readonly width: number
  /** States from here on complete an anchor. */
  readonly accepting: number
  /** Anchor bits, by the number of the row. */
  readonly out: Int32Array
}

/** All machines at once: its states are the tuples that can be reached. */
export function product(machines: readonly Machine[]): Automaton {
  const { classes, representatives } = byteClasses(machines)
  const ids = new Map<string, number>()
  const tuples: number[][] = []
  const idOf = (tuple: number[]): number => {
    const key = tuple.join()
    let id = ids.get(key)
    if (id === undefined) {
      id = tuples.length
      ids.set(key, id)
      tuples.push(tuple)
    }
    return id
  }
  idOf(machines.map(() => 0))
  const rows: number[][] = []
  for (let id = 0; id < tuples.length; id++) {
    const tuple = tuples[id]
    rows.push(representatives.map((byte) => idOf(machines.map((machine, m) => machine.next(tuple[m], byte)))))
  }
  const outs = tuples.map((tuple) => machines.reduce((bits, machine, m) => bits | machine.out(tuple[m]), 0))
  // Accepting states last, so that one comparison tells them.
  const order = [...outs.keys()].sort((a, b) => Number(outs[a] !== 0) - Number(outs[b] !== 0) || a - b)
  const place = new Int32Array(order.length)
  order.forEach((id, at) => (place[id] = at))
  const width = representatives.length
  const table = new Uint32Array(order.length * width)
  const out = new Int32Array(order.length)
  for (let id = 0; id < order.length; id++) {
    out[place[id]] = outs[id]
    rows[id].forEach((to, c) => (table[place[id] * width + c] = place[to] * width))
  }
  return { table, classes, width, accepting: outs.filter((bits) => bits === 0).length * width, out }
}

function byteClasses(machines: readonly Machine[]): { classes: Uint8Array; representatives: number[] } {
  const classes = new Uint8Array(256)
  const seen = new Map<string, number>()
  const representatives: number[] = []
  for (let byte = 0; byte < 256; byte++) {
    const key = machines.map((machine) => machine.classOf(byte)).join()
    let id = seen.get(key)
    if (id === undefined) {
      id = representatives.length
      seen.set(key, id)
      representatives.push(byte)
    }
    classes[byte] = id
  }
  return { classes, representatives }
}

/** A sequence of byte sets that completes an anchor; `edge`: only where no letter or digit comes before. */
export interface Pattern {
  readonly sets: readonly Uint8Array[]
  readonly out: number
  readonly edge: boolean
}

/** All patterns at once (subset construction; for plain literals that is Aho-Corasick). */
export function patternMachine(patterns: readonly Pattern[], isWordByte: (byte: number) => boolean): Machine {
  const sets = [...new Set(patterns.flatMap((pattern) => pattern.sets))]
  const position = new Map(sets.map((set, i) => [set, i]))
  const plans = patterns.map((pattern) => ({ ...pattern, at: pattern.sets.map((set) => position.get(set) ?? 0) }))
  // A state: whether a word byte came before, and which patterns are alive, each with the number of its sets matched.
  const states: { word: boolean; alive: readonly (readonly [pattern: number, matched: number])[]; out: number }[] = []
  const ids = new Map<string, number>()
  const idOf = (word: boolean, alive: (readonly [number, number])[]): number => {
    const key = `${word ? 1 : 0};${alive.join(';')}`
    let id = ids.get(key)
    if (id === undefined) {
      id = states.length
      ids.set(key, id)
      const complete = alive.filter(([p, matched]) => matched === plans[p].sets.length)
      states.push({ word, alive, out: complete.reduce((bits, [p]) => bits | plans[p].out, 0) })
    }
    return id
  }
  idOf(false, [])
  const signatures = new Map<string, number>()
  const firsts = new Map<number, number[]>()
  for (let byte = 0; byte < 256; byte++) {
    firsts.set(
      byte,
      [...plans.keys()].filter((p) => plans[p].sets[0][byte] === 1),
    )
  }
  return {
    classOf: (byte) => {
      // Bytes that the same sets hold, and that are alike as edges, are of one class.
      const key = sets.map((set) => set[byte]).join('') + (isWordByte(byte) ? 'w' : '')
      const known = signatures.get(key)
      if (known !== undefined) return known
      signatures.set(key, signatures.size)
      return signatures.size - 1
    },
    next: (state, byte) => {
      const from = states[state]
      const alive: (readonly [number, number])[] = []
      for (const [p, matched] of from.alive) {
        if (matched < plans[p].sets.length && plans[p].sets[matched][byte] === 1) alive.push([p, matched + 1])
      }
      for (const p of firsts.get(byte) ?? []) if (!(plans[p].edge && from.word)) alive.push([p, 1])
      return idOf(isWordByte(byte), alive)
    },
    out: (state) => states[state].out,
  }
}
