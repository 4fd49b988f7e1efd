/** An MD5 in the making (RFC 1321). WebCrypto has none, and the service checks uploads by it; it guards no secret here. */
export interface Md5 {
  update(bytes: Uint8Array): void
  /** The 16 bytes of the hash. Nothing may be added afterwards. */
  digest(): Uint8Array
}

const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
]

const BLOCK = 64

export const createMd5 = (): Md5 => {
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476])
  const words = new Uint32Array(16)
  const sines = Uint32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32))
  const rest = new Uint8Array(BLOCK)
  let size = 0

  const take = (bytes: Uint8Array, at: number): void => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, BLOCK)
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(4 * i, true)
    mix(state, words, sines)
  }

  const update = (bytes: Uint8Array): void => {
    const held = size % BLOCK
    size += bytes.length
    let at = 0
    if (held > 0) {
      at = Math.min(BLOCK - held, bytes.length)
      rest.set(bytes.subarray(0, at), held)
      if (held + at < BLOCK) return
      take(rest, 0)
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) take(bytes, at)
    rest.set(bytes.subarray(at))
  }

  return {
    update,
    digest: () => {
      const bits = new DataView(new ArrayBuffer(8))
      bits.setBigUint64(0, BigInt(size) * 8n, true)
      const padding = new Uint8Array(BLOCK - ((size + 8) % BLOCK))
      padding[0] = 0x80
      update(padding)
      update(new Uint8Array(bits.buffer))
      const hash = new DataView(new ArrayBuffer(16))
      for (const [i, word] of state.entries()) hash.setUint32(4 * i, word, true)
      return new Uint8Array(hash.buffer)
    },
  }
}

const mix = (state: Uint32Array, words: Uint32Array, sines: Uint32Array): void => {
  let [a = 0, b = 0, c = 0, d = 0] = state
  for (let i = 0; i < 64; i++) {
    const round = i >> 4
    let f = c ^ (b | ~d)
    let word = 7 * i
    if (round === 0) {
      f = (b & c) | (~b & d)
      word = i
    } else if (round === 1) {
      f = (d & b) | (~d & c)
      word = 5 * i + 1
    } else if (round === 2) {
      f = b ^ c ^ d
      word = 3 * i + 5
    }
    const sum = (a + f + (sines[i] as number) + (words[word & 15] as number)) | 0
    const shift = SHIFTS[round]?.[i & 3] as number
    a = d
    d = c
    c = b
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0
  }
  state[0] = (state[0] as number) + a
  state[1] = (state[1] as number) + b
  state[2] = (state[2] as number) + c
  state[3] = (state[3] as number) + d
}
