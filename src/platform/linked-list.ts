/**
 * Values in the order in which they came, each of which can be taken out again. Not a `Set`: V8 gives one a new table
 * every so often, and each old table keeps the newer ones and all that passed through them until a full collection.
 */
export interface LinkedList<T> {
  readonly size: number
  /** Returns how to take the value out, which says whether it was still there. */
  add(value: T): () => boolean
  /** Takes the first value out. */
  shift(): T | undefined
}

interface Link<T> {
  readonly value: T
  before: Link<T> | undefined
  after: Link<T> | undefined
}

export const createLinkedList = <T>(): LinkedList<T> => {
  let first: Link<T> | undefined
  let last: Link<T> | undefined
  let size = 0
  const takeOut = (link: Link<T>): boolean => {
    const { before, after } = link
    if (link !== first && before === undefined) return false
    if (before) before.after = after
    else first = after
    if (after) after.before = before
    else last = before
    // A link that is gone must not keep its neighbours.
    link.before = link.after = undefined
    size--
    return true
  }
  return {
    get size() {
      return size
    },
    add: (value) => {
      const link: Link<T> = { value, before: last, after: undefined }
      if (last) last.after = link
      else first = link
      last = link
      size++
      return () => takeOut(link)
    },
    shift: () => {
      const link = first
      if (link) takeOut(link)
      return link?.value
    },
  }
}
