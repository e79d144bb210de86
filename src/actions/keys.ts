// The key material of pseudonyms.

/** Keys by id. New pseudonyms are made with `active`; pseudonyms of every id in the ring are recognised and left alone. */
export interface KeyRing {
  readonly active: string
  readonly keys: ReadonlyMap<string, Uint8Array>
}
