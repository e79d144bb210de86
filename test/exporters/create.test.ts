import { describe, expect, it } from 'vitest'
import { createSenders } from '../../src/exporters/create.ts'
import { memoryLog } from './batches.ts'
import { temporaryFolder } from './folder.ts'

const surroundings = { log: memoryLog(), write: (): void => {} }

describe('the exporters of a configuration', () => {
  it('are made in order and by name, with the defaults where nothing is said', async () => {
    const exporters = createSenders(
      [
        { type: 'otlp_http', name: 'otlp_http/tempo', endpoint: 'http://127.0.0.1:4318', queue: undefined },
        { type: 'otlp_grpc', name: 'otlp_grpc', endpoint: '127.0.0.1:4317', queue: { queueSizeBytes: 1000 } },
        { type: 'file', name: 'file', file: { directory: temporaryFolder() } },
        { type: 'debug', name: 'debug' },
      ],
      surroundings,
    )
    expect(exporters.map(({ name }) => name)).toEqual(['otlp_http/tempo', 'otlp_grpc', 'file', 'debug'])
    expect(exporters.map((exporter) => exporter.figures().logs.capacityBytes)).toEqual([
      32 * 1024 * 1024,
      1000,
      32 * 1024 * 1024,
      0,
    ])
    await Promise.all(exporters.map((exporter) => exporter.close(100)))
  })

  it('are not made when one cannot work, and the error names it', () => {
    expect(() =>
      createSenders([{ type: 'otlp_http', name: 'otlp_http/x', endpoint: 'nowhere' }], surroundings),
    ).toThrow('otlp_http/x: the endpoint for traces is not a URL')
  })
})
