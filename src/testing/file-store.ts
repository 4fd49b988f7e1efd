import type { EmulatorState } from './emulator-state'

/** A temporary file of the service: announced, then uploaded, then confirmed. */
export interface StoredFile {
  readonly id: string
  readonly account: string
  readonly name: string
  readonly type: string
  readonly size: number
  /** Base64 of the MD5 that was announced. */
  readonly checksum?: string
  readonly url: string
  bytes?: Uint8Array<ArrayBuffer>
  /** When it was made available, in the emulator's time. */
  createdAtMs?: number
}

const stores = new WeakMap<EmulatorState, Map<string, StoredFile>>()

/** The files that were announced, by their id. */
export const filesOf = (world: EmulatorState): Map<string, StoredFile> => {
  const known = stores.get(world) ?? new Map<string, StoredFile>()
  stores.set(world, known)
  return known
}

const LIFE_MS = 3_600_000

export const isServed = ({ createdAtMs }: StoredFile, nowMs: number): boolean =>
  createdAtMs !== undefined && nowMs < createdAtMs + LIFE_MS

/** What the service says of a file that is available. */
export const fileBody = ({
  name,
  url,
  size,
  type,
  createdAtMs = 0,
}: StoredFile): Record<string, unknown> => ({
  file_name: name,
  url,
  size_bytes: size,
  mime_type: type,
  created_at: new Date(createdAtMs).toISOString(),
  expires_at: new Date(createdAtMs + LIFE_MS).toISOString(),
})
