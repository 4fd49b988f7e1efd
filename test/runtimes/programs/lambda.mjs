// A Lambda function; the client is made outside the handler, as a warm start would find it.
import * as library from 'runapi-video'
import * as webhooks from 'runapi-video/webhooks'
import { run } from './program.mjs'

/** @param {{ baseUrl: string }} event */
export const handler = (event) => run({ library, webhooks, baseUrl: event.baseUrl })
