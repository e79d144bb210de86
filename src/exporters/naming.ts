// Errors at the start say which exporter they are of.

/** What `make` returns. What it throws gets the exporter's name in front of its message. */
export function namingTheExporter<T>(exporter: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new Error(`${exporter}: ${(error as Error).message}`, { cause: error })
  }
}
