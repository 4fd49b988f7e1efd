import { differences } from './facts.mjs'

/**
 * Uses an example as its callers do: the app's own, who creates and asks, and the service, whose webhook finishes.
 * @param {string} url
 * @param {import('runapi-video/testing').Emulator} emulator
 * @returns {Promise<string[]>}
 */
export const exerciseExample = async (url, emulator) => {
  const post = async (/** @type {unknown} */ body) => {
    const answer = await fetch(`${url}/videos`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: await answer.json() }
  }
  const order = { orderId: 'order-1001', prompt: 'A paper boat in a gutter' }
  const created = await post(order)
  const again = await post(order)
  const blank = await post({ orderId: 'order-1002', prompt: ' ' })
  const forged = await fetch(`${url}/webhooks/runapi`, {
    method: 'POST',
    headers: {
      'x-callback-id': 'forged',
      'x-callback-timestamp': String(Math.floor(Date.now() / 1000)),
      'x-callback-signature': `${'A'.repeat(43)}=`,
    },
    body: JSON.stringify({ id: created.body.id, status: 'completed' }),
  })
  const delivered = await until(() => emulator.deliveries.find(({ status }) => status !== undefined))
  const status = await fetch(`${url}/videos/${created.body.id}`)
  const state = await status.json()

  const tasks = emulator.tasks.length
  return differences(
    {
      created: [created.status, created.body.v, created.body.endpoint],
      again: [again.status, again.body.id === created.body.id, tasks],
      blank: [blank.status, blank.body[0]?.field],
      forged: [forged.status, await forged.text()],
      delivered: delivered?.status,
      status: [status.status, state.status, state.videos?.length],
    },
    {
      created: [202, 1, 'hailuo.textToVideo'],
      again: [202, true, 1],
      blank: [400, 'prompt'],
      forged: [400, 'no_match'],
      delivered: 204,
      status: [200, 'completed', 1],
    },
  )
}

/**
 * @template T
 * @param {() => T | undefined | Promise<T | undefined>} look
 * @param {number} [limitMs]
 * @returns {Promise<T | undefined>} `undefined` where the limit passed
 */
export const until = async (look, limitMs = 5_000) => {
  const deadline = performance.now() + limitMs
  while (performance.now() < deadline) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return undefined
}
