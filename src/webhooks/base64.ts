/** The bytes of standard base64, padded or not; `undefined` for anything else and for none. */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  // atob alone would forgive whitespace.
  if (!/^[A-Za-z0-9+/]+=*$/.test(text)) return undefined
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

export const toBase64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)))
