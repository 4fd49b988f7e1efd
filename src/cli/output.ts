/** Writes a line on stderr. */
export const say = (text: string): void => {
  console.error(text)
}

/**
 * Writes the command's one JSON document on stdout. It may tell of a task that was paid for, so where nobody reads stdout
 * any more it goes to stderr. Gives the exit code.
 */
export const printJson = (value: unknown): Promise<0 | 1> => {
  const json = JSON.stringify(value)
  return new Promise((resolve) => {
    process.stdout.write(`${json}\n`, (error) => {
      if (error) say(`runapi-video: stdout is closed; this was for it:\n${json}`)
      resolve(error ? 1 : 0)
    })
  })
}
