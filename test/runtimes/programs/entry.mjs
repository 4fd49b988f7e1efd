// Node, Bun and Deno, as ES modules. The base URL is an argument, so that Deno needs no permission to read variables.
import * as library from 'runapi-video'
import * as webhooks from 'runapi-video/webhooks'
import { run } from './program.mjs'

const facts = await run({ library, webhooks, baseUrl: process.argv[2] ?? '' })
console.log(`FACTS ${JSON.stringify(facts)}`)
