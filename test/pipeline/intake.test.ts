import { describe, expect, it } from 'vitest'
import { WireError } from '../../src/otlp/wire-error.ts'
import type { Arrival, CleanBatch } from '../../src/pipeline/batch.ts'
import { createIntake, type IntakeOptions } from '../../src/pipeline/intake.ts'
import { createOutlet } from '../../src/pipeline/outlet.ts'
import { ReceiverLedger } from '../../src/pipeline/ledger.ts'
import type { Sender } from '../../src/pipeline/sender.ts'

const arrival: Arrival = { signal: 'traces', encoding: 'protobuf', transport: 'http', body: new Uint8Array(100) }
const batch = { signal: 'traces', bytes: new Uint8Array(80), records: 4 } as CleanBatch

interface Recorder extends Sender {
  readonly offered: CleanBatch[]
}

function sender(room = 1000): Recorder {
  const offered: CleanBatch[] = []
  return {
    name: 'test',
    isDurable: false,
    offered,
    hasRoom: (bytes) => bytes <= room,
    offer: (given) => void offered.push(given),
    close: () => Promise.resolve(),
  }
}

function intake(
  senders: Recorder[],
  process: IntakeOptions['process'] = () => ({ batch, records: 4, quarantined: [], refused: [] }),
) {
  const ledger = new ReceiverLedger()
  const outlets = { traces: createOutlet({ signal: 'traces', senders }), metrics: undefined, logs: undefined }
  const consumer = createIntake({ process, outlets, ledger })
  const accepted = (): number => [...ledger.received()].reduce((sum, door) => sum + door.accepted, 0)
  return { consumer, ledger, accepted }
}

describe('intake', () => {
  it('gives a taken request to every exporter of the pipeline', async () => {
    const [one, other] = [sender(), sender()]
    const { consumer, accepted } = intake([one, other])
    expect(await consumer.consume(arrival)).toEqual({ is: 'taken', refused: [] })
    expect([one.offered, other.offered]).toEqual([[batch], [batch]])
    expect(accepted()).toBe(4)
  })

  it('gives it to none when one of them has no room, and counts its records as refused', async () => {
    // Room for what came would be there, but what was made of it is larger.
    const large = { ...batch, bytes: new Uint8Array(500) }
    const [one, full] = [sender(), sender(200)]
    const { consumer, ledger, accepted } = intake([one, full], () => ({
      batch: large,
      records: 4,
      quarantined: [],
      refused: [],
    }))
    expect(await consumer.consume(arrival)).toMatchObject({ is: 'busy', reason: 'queue-full' })
    expect(one.offered).toEqual([])
    expect(accepted()).toBe(0)
    expect([...ledger.recordsRefused()]).toEqual([{ signal: 'traces', reason: 'queue-full', records: 4 }])
  })

  it('turns a request away before any work when there is no room', async () => {
    const { consumer } = intake([sender(10)], () => {
      throw new Error('must not be reached')
    })
    expect(await consumer.consume(arrival)).toMatchObject({ is: 'busy', reason: 'queue-full' })
  })

  it('counts the records of a request in protobuf that it turns away unread', async () => {
    const { consumer, ledger } = intake([sender(1)], () => {
      throw new Error('must not be reached')
    })
    // Two resources, the first with two spans, the second with one.
    const spans = [0x12, 0x00, 0x12, 0x00]
    const body = Uint8Array.from([0x0a, 6, 0x12, 4, ...spans, 0x0a, 4, 0x12, 2, 0x12, 0x00])
    await consumer.consume({ signal: 'traces', encoding: 'protobuf', transport: 'http', body })
    expect([...ledger.recordsRefused()]).toEqual([{ signal: 'traces', reason: 'queue-full', records: 3 }])
    // What cannot be counted is turned away all the same.
    const broken = {
      signal: 'traces',
      encoding: 'protobuf',
      transport: 'http',
      body: Uint8Array.of(0x0a, 0x7f),
    } as const
    expect(await consumer.consume(broken)).toMatchObject({ is: 'busy' })
  })

  it('answers with what was refused of a request, and books both', async () => {
    const refused = [{ reason: 'bad-trace-id', records: 2 }]
    const { consumer, ledger, accepted } = intake([sender()], () => ({ batch, records: 4, quarantined: [], refused }))
    expect(await consumer.consume(arrival)).toEqual({ is: 'taken', refused })
    expect(accepted()).toBe(4)
    expect([...ledger.received()].find(({ signal, transport }) => signal === 'traces' && transport === 'http')).toEqual(
      { signal: 'traces', transport: 'http', accepted: 4, refused: 2 },
    )
  })

  it('takes a request of which no record is left', async () => {
    const only = sender()
    const refused = [{ reason: 'bad-trace-id', records: 1 }]
    const { consumer } = intake([only], () => ({ batch: undefined, records: 0, quarantined: [], refused }))
    expect(await consumer.consume(arrival)).toEqual({ is: 'taken', refused })
    expect(only.offered).toEqual([])
  })

  it('refuses a body that is not OTLP', async () => {
    const { consumer } = intake([sender()], () => {
      throw new WireError('truncated', 'the body ends early', 7)
    })
    expect(await consumer.consume(arrival)).toEqual({
      is: 'refused',
      reason: 'malformed',
      message: 'the body ends early (at byte 7)',
    })
  })

  it('lets a fault of its own through, for the receiver to answer', async () => {
    const { consumer } = intake([sender()], () => {
      throw new RangeError('a bug')
    })
    await expect(consumer.consume(arrival)).rejects.toThrow(RangeError)
  })

  it('does not take a signal without a pipeline', async () => {
    const { consumer } = intake([sender()])
    expect(await consumer.consume({ ...arrival, signal: 'metrics' })).toMatchObject({
      is: 'refused',
      reason: 'unsupported',
    })
  })
})

describe('what does not fit its schema', () => {
  const aside = { ...batch, records: 2, bytes: new Uint8Array(30) } as CleanBatch
  const unfit = { quarantined: [{ reason: 'schema-violation', batch: aside }], refused: [] }
  const both = () => ({ ...unfit, batch, records: 4 })

  function intakeOverDisk(only: Recorder, answer?: 'disk-full', process: IntakeOptions['process'] = both) {
    const ledger = new ReceiverLedger()
    const puts: unknown[] = []
    const committer = {
      busy: () => undefined,
      put: (entries: readonly unknown[]) => {
        puts.push(entries)
        return Promise.resolve(answer)
      },
    }
    const outlets = {
      traces: createOutlet({ signal: 'traces', senders: [only], committer }),
      metrics: undefined,
      logs: undefined,
    }
    return { consumer: createIntake({ process, outlets, ledger }), ledger, puts }
  }

  const kept = { batch: aside, readers: [], quarantine: 'schema-violation' }

  it('is committed with what goes on, in one go', async () => {
    const { consumer, ledger, puts } = intakeOverDisk({ ...sender(), isDurable: true })
    expect(await consumer.consume(arrival)).toEqual({ is: 'taken', refused: [] })
    expect(puts).toEqual([[{ batch, readers: ['test'] }, kept]])
    expect([...ledger.received()][0]).toMatchObject({ accepted: 6, refused: 0 })
    expect([...ledger.recordsQuarantined()]).toEqual([{ signal: 'traces', reason: 'schema-violation', records: 2 }])
  })

  it('is committed before what goes on is given to an exporter that keeps it in memory', async () => {
    const only = sender()
    const { consumer, puts } = intakeOverDisk(only)
    expect(await consumer.consume(arrival)).toEqual({ is: 'taken', refused: [] })
    expect([puts, only.offered]).toEqual([[[kept]], [batch]])
  })

  it('takes nothing along where it cannot be kept: the sender tries again', async () => {
    const only = sender()
    const { consumer, ledger } = intakeOverDisk(only, 'disk-full')
    expect(await consumer.consume(arrival)).toMatchObject({ is: 'busy', reason: 'disk-full' })
    expect(only.offered).toEqual([])
    expect([...ledger.recordsRefused()]).toEqual([{ signal: 'traces', reason: 'disk-full', records: 6 }])
    expect([...ledger.recordsQuarantined()]).toEqual([])
  })

  it('can be all of a request', async () => {
    const { consumer, puts } = intakeOverDisk(sender(), undefined, () => ({ ...unfit, batch: undefined, records: 0 }))
    expect(await consumer.consume(arrival)).toEqual({ is: 'taken', refused: [] })
    expect(puts).toEqual([[kept]])
  })

  it('is refused, and the sender told, where there is no quarantine', async () => {
    const only = sender()
    const { consumer, ledger } = intake([only], both)
    const refused = [{ reason: 'schema-violation', records: 2 }]
    expect(await consumer.consume(arrival)).toEqual({ is: 'taken', refused })
    expect(only.offered).toEqual([batch])
    expect([...ledger.recordsRefused()]).toEqual([{ signal: 'traces', ...refused[0] }])
  })
})
