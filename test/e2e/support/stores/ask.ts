// Asks a store's HTTP API.

/** The status and the text of a GET. */
export async function ask(url: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000), ...init })
  return { status: response.status, text: await response.text() }
}

/** The JSON of a GET that must answer 200; throws with the store's own words. */
export async function askJson(url: string, init: RequestInit = {}): Promise<any> {
  const { status, text } = await ask(url, init)
  if (status !== 200) throw new Error(`${url} answered ${status}: ${text.slice(0, 500)}`)
  return JSON.parse(text)
}

export const parameters = (values: Readonly<Record<string, string | number | undefined>>): string =>
  new URLSearchParams(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  ).toString()
