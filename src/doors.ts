// The doors of all receivers: each opened as its part of the configuration says, in front of its own consumer.
import type { Config, ProtocolConfig, ReceiverConfig, ServerTlsConfig } from './config/config.ts'
import type { Consumer } from './pipeline/consumer.ts'
import type { Ledger, ReceiverLedger } from './pipeline/ledger.ts'
import { createByteBudget } from './receivers/byte-budget.ts'
import { startGrpcReceiver } from './receivers/grpc.ts'
import { startHttpReceiver } from './receivers/http.ts'
import type { Receiver } from './receivers/http.ts'
import type { Endpoint } from './receivers/listen.ts'
import type { ReceiverObserver } from './receivers/receiver-observer.ts'
import type { ReceiverTls } from './receivers/tls.ts'
import { faultOf } from './telemetry/log.ts'
import type { Log, LogFields } from './telemetry/log.ts'

/** An address that is open to senders. */
export interface Door {
  /** The name of its receiver in the configuration. */
  readonly receiver: string
  readonly protocol: 'http' | 'grpc'
  /** With the real port. */
  readonly endpoint: Endpoint
  /** `mtls`: with certificates of those who connect. */
  readonly security: 'plaintext' | 'tls' | 'mtls'
}

export interface Doors {
  /** Those that are open, in the order of the configuration. */
  readonly open: readonly Door[]
  /** Opens those of the configuration. Throws AddressInUseError, TlsFileError, or the system's error. */
  openAll(): Promise<void>
  /** Lets nobody in any more, and requests under way end until the deadline. */
  close(deadlineMs: number): Promise<void>
}

/** What all requests under way may hold together, compressed and not. */
const bodyBudgetBytes = 128 * 1024 * 1024

const starts = { http: startHttpReceiver, grpc: startGrpcReceiver } as const

/** @param consumerOf what is behind a receiver, booking in its pages of the ledger */
export function createDoors(
  { receivers }: Config,
  ledger: Ledger,
  log: Log,
  consumerOf: (receiver: ReceiverConfig, pages: ReceiverLedger) => Consumer,
): Doors {
  const budget = createByteBudget(bodyBudgetBytes)
  const open: Door[] = []
  const running: Receiver[] = []

  async function openDoor(
    { name: receiver }: ReceiverConfig,
    protocol: Door['protocol'],
    settings: ProtocolConfig,
    consumer: Consumer,
    observer: ReceiverObserver,
  ): Promise<void> {
    const { tls, maxRequestBodyBytes: maxBytes, ...rest } = settings
    const secure = tls && { tls: toReceiverTls(tls, { receiver, transport: protocol }, log) }
    const started = await starts[protocol]({ ...rest, ...secure, limits: { maxBytes, budget } }, consumer, observer)
    running.push(started)
    const endpoint = { ...settings.endpoint, port: started.port }
    open.push({ receiver, protocol, endpoint, security: securityOf(tls) })
  }

  return {
    open,
    async openAll() {
      for (const receiver of receivers) {
        const pages = ledger.of(receiver.name)
        const consumer = consumerOf(receiver, pages)
        const observer = observerOf(receiver.name, pages, log)
        for (const protocol of ['http', 'grpc'] as const) {
          const settings = receiver[protocol]
          if (settings !== undefined) await openDoor(receiver, protocol, settings, consumer, observer)
        }
      }
    },
    async close(deadlineMs) {
      await Promise.all(running.map((receiver) => receiver.close(deadlineMs)))
    },
  }
}

function securityOf(tls: ServerTlsConfig | undefined): Door['security'] {
  return tls === undefined ? 'plaintext' : tls.clientCaFile === undefined ? 'tls' : 'mtls'
}

function toReceiverTls(tls: ServerTlsConfig, about: LogFields, log: Log): ReceiverTls {
  const { certFile: cert, keyFile: key, clientCaFile, minVersion, reloadIntervalMs: intervalMs } = tls
  return {
    files: { cert, key, ...(clientCaFile === undefined ? {} : { ca: clientCaFile }) },
    ...(minVersion === undefined ? {} : { minVersion }),
    renewal: { intervalMs, log, about },
  }
}

function observerOf(receiver: string, ledger: ReceiverLedger, log: Log): ReceiverObserver {
  return {
    received() {},
    refused: (transport, reason) => ledger.requestRefused(transport, reason),
    fault(transport, error) {
      log.error('a request could not be processed', { receiver, transport, ...faultOf(error) })
    },
  }
}
