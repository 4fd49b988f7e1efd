import { inspect } from 'node:util'
import { RunApiClient } from 'runapi-video'
import { verifyWebhook } from 'runapi-video/webhooks'
import { expect, test } from 'vitest'
import { params, rejection } from '../support/scripted-fetch'

const SECRET = 90_210_314

const refused: Readonly<Record<string, () => unknown>> = {
  'apiKey, a number': () => new RunApiClient({ apiKey: SECRET as never }),
  'apiKey, a list': () => new RunApiClient({ apiKey: [SECRET] as never }),
  'apiKey, an object': () => new RunApiClient({ apiKey: { key: SECRET } as never }),
  'apiKey, given by a function': () =>
    new RunApiClient({ apiKey: () => SECRET as never, logLevel: 'off' }).luma.modifyVideo(params),
  'a header': () => new RunApiClient({ headers: { authorization: SECRET as never } }),
  'a header of a call': () =>
    new RunApiClient({ apiKey: 'k' }).luma.modifyVideo(params, { headers: { 'x-key': SECRET as never } }),
  'headers, a number': () => new RunApiClient({ headers: SECRET as never }),
  'baseUrl, with a login': () => new RunApiClient({ baseUrl: `https://user:${SECRET}@example.com` }),
  'baseUrl, with a query': () => new RunApiClient({ baseUrl: `https://example.com/?key=${SECRET}` }),
  idempotencyKey: () =>
    new RunApiClient({ apiKey: 'k' }).luma.modifyVideo(params, { idempotencyKey: SECRET as never }),
  'webhook secret': () => verifyWebhook('{}', {}, SECRET as never),
}

test.each(Object.entries(refused))('no character of a secret is in the error of %s', async (_, act) => {
  const error = await rejection(new Promise((resolve) => resolve(act())))
  expect(inspect(error, { showHidden: false }) + error.message + JSON.stringify(error)).not.toContain(
    String(SECRET),
  )
})
