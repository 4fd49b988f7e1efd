/** Where a text stops being JSON, counted from 1; `undefined` for a text that is JSON. */
export const jsonFault = (text: string): { line: number; column: number } | undefined => {
  const at = faultAt(text)
  if (at === undefined) return undefined
  const before = text.slice(0, at).split(/\r\n|\n|\r/)
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

const BLANK = /[ \t\n\r]*/y
const SCALAR =
  /"(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y
const KEY = /"(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y

// JSON.parse says where only in some runtimes, and others show what was in the text. Recursion would end at deep ones.
const faultAt = (text: string): number | undefined => {
  let at = 0
  const open: ('{' | '[')[] = []
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  const take = (sign: string): boolean => {
    skip(BLANK)
    if (text[at] !== sign) return false
    at += 1
    return true
  }
  const takeKey = (): boolean => {
    skip(BLANK)
    return skip(KEY) && take(':')
  }
  for (;;) {
    // A value begins here.
    if (take('{')) {
      if (!take('}')) {
        open.push('{')
        if (takeKey()) continue
        return at
      }
    } else if (take('[')) {
      if (!take(']')) {
        open.push('[')
        continue
      }
    } else if (!skip(SCALAR)) return at
    // A value has ended here.
    for (;;) {
      const inside = open.at(-1)
      if (inside === undefined) {
        skip(BLANK)
        return at === text.length ? undefined : at
      }
      if (take(',')) {
        if (inside === '{' && !takeKey()) return at
        break
      }
      if (!take(inside === '{' ? '}' : ']')) return at
      open.pop()
    }
  }
}
