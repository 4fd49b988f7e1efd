#!/usr/bin/env node
import { run } from './run'

// A reader that has gone, as `| head` does, is noticed when a result is written.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

run(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode
})
