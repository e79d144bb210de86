// The configuration of a gateway that a command starts for itself: on free ports of this host, sending to nobody.
import type { Config } from '../config/config.ts'
import { defaultConfig } from '../config/load-config.ts'

export function throwAwayConfig(): Config {
  const config = defaultConfig()
  const endpoint = { host: '127.0.0.1', port: 0 }
  return {
    ...config,
    receivers: config.receivers.map((receiver) => ({
      ...receiver,
      ...(receiver.http && { http: { ...receiver.http, endpoint } }),
      ...(receiver.grpc && { grpc: { ...receiver.grpc, endpoint } }),
    })),
    exporters: [],
    admin: endpoint,
  }
}
