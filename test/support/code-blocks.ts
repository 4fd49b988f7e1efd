import { readFileSync } from 'node:fs'

/** A TypeScript block of a text for readers. */
export interface CodeBlock {
  /** Its file's name, where its first line is a comment of nothing else: `// app.test.ts`. */
  name: string | undefined
  text: string
  /** The block as a program: with the client, where it uses one that it does not make. */
  program: string
  /** Scripts of the tasks to come: what the comment before the block holds, unseen by readers. */
  scripts: string[]
}

const CLIENT = "import { RunApiClient } from 'runapi-video'\nconst runapi = new RunApiClient()\n"

/** The TypeScript blocks of a Markdown file. */
export const codeBlocks = (file: string): CodeBlock[] =>
  [
    ...readFileSync(file, 'utf8').matchAll(
      /((?:^<!-- emulator\.next\([^\n]*\) -->\n)*)^```ts\n(.*?)^```$/gms,
    ),
  ].map(([, comments = '', text = '']) => {
    const usesClient = /\brunapi\./.test(text) && !/\brunapi = |\brunapi: RunApiClient\b/.test(text)
    return {
      name: /^\/\/ (\S+\.ts)\n/.exec(text)?.[1],
      text,
      program: usesClient ? CLIENT + text : text,
      scripts: [...comments.matchAll(/emulator\.next\((.*)\) -->/g)].map(([, script = '']) => script),
    }
  })

/** What a block says that it prints, and then perhaps why: the comments behind its `console.log`. */
export const promisedLines = (text: string): string[] =>
  [...text.matchAll(/console\.log\(.*\) \/\/ (.+)$/gm)].map(([, said = '']) => said)
