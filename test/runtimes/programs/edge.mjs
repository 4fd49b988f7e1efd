// A bundle for a sandbox that evaluates scripts: it leaves the program as a global function.
import * as library from 'runapi-video'
import * as webhooks from 'runapi-video/webhooks'
import { run } from './program.mjs'

/** @param {string} baseUrl */
globalThis.runMatrix = (baseUrl) => run({ library, webhooks, baseUrl })
