// Buys one order with a ledger in the file that it is given, and prints what came of it.
import { RunApiClient } from 'runapi-video'
import { openLedger } from 'runapi-video/ledger'
import { fileStore } from 'runapi-video/node'
import { createEmulator } from 'runapi-video/testing'

const emulator = createEmulator()
const ledger = openLedger(fileStore(String(process.argv[2])))
const { fetch, clock } = emulator
const runapi = new RunApiClient({ apiKey: 'key', fetch, clock, ledger })
const params = /** @type {const} */ ({ model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' })
const outcome = await runapi.hailuo.textToVideo(params).then(
  ({ id }) => ({ id }),
  ({ code, message }) => ({ code, message }),
)
console.log(JSON.stringify({ ...outcome, requests: emulator.requests.length }))
