import { expect, test } from 'vitest'
import { canned } from '../support/canned'

const BALANCE = {
  balance_cents: 5000,
  paid_balance_cents: 4000,
  bonus_balance_cents: 1000,
  spent_cents_today: 100,
  spent_cents_total: 2000,
}

test('the balance comes as the service sends it, unknown fields too', async () => {
  const { runapi, sent } = canned([[200, { ...BALANCE, credit_line_cents: 7 }]])
  expect(await runapi.account.balance()).toEqual({ ...BALANCE, credit_line_cents: 7 })
  expect(sent).toMatchObject([
    {
      method: 'GET',
      url: 'https://runapi.ai/api/v1/me/balance',
      headers: { authorization: 'Bearer test-key' },
    },
  ])
})

test.each([[[]], [{}], [{ balance_cents: '5000' }], ['<html>'], [null]])(
  '%j is not a balance',
  async (body) => {
    const { runapi } = canned([[200, body]])
    await expect(runapi.account.balance()).rejects.toMatchObject({ code: 'malformed_response' })
  },
)

const ME = { id: 1, name: 'Ada', email: 'ada@example.com', account: { id: 2, name: 'Studio', tier: 'pro' } }

test('the account comes as the service sends it, unknown fields too', async () => {
  const { runapi, sent } = canned([[200, { ...ME, locale: 'en' }]])
  expect(await runapi.account.info()).toEqual({ ...ME, locale: 'en' })
  expect(sent).toMatchObject([
    { method: 'GET', url: 'https://runapi.ai/api/v1/me', headers: { authorization: 'Bearer test-key' } },
  ])
})

test('a key that the service does not accept has no account', async () => {
  const { runapi } = canned([[401, { error: 'Unauthorized' }]])
  await expect(runapi.account.info()).rejects.toMatchObject({ code: 'authentication' })
})

test.each([[[]], [{}], [{ id: null }], ['<html>'], [null]])('%j is not an account', async (body) => {
  const { runapi } = canned([[200, body]])
  await expect(runapi.account.info()).rejects.toMatchObject({ code: 'malformed_response' })
})

test('a balance takes the options of every call', async () => {
  const { runapi, sent } = canned([[503], [200, BALANCE]])
  const reason = new Error('enough')
  await expect(runapi.account.balance({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(sent).toHaveLength(0)
  await expect(runapi.account.balance({ maxRetries: 0, headers: { 'x-a': 'b' } })).rejects.toMatchObject({
    status: 503,
  })
  expect(sent).toMatchObject([{ headers: { 'x-a': 'b' } }])
  await expect(runapi.account.balance({ timeoutMs: 0 })).rejects.toMatchObject({ code: 'configuration' })
})

test('a create without credits says how to see the balance', async () => {
  const { runapi } = canned([[402, { message: 'No credits' }]])
  const create = runapi.hailuo.textToVideo({ model: 'hailuo-02-text-to-video-pro', prompt: 'fog' })
  await expect(create).rejects.toMatchObject({
    code: 'insufficient_credits',
    message: '402: No credits; runapi.account.balance() shows what is left',
  })
})
