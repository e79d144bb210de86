// Servers of one test: they end with it, the last that was started first.
import { onTestFinished } from 'vitest'

export async function started<T extends { stop(): Promise<void> }>(server: Promise<T>): Promise<T> {
  const running = await server
  onTestFinished(() => running.stop())
  return running
}
