import { connect } from 'node:tls'
import { RunApiClient } from 'runapi-video'
import { expect, test } from 'vitest'
import { type Certificate, makeCertificates } from '../support/certificates'
import { faultServer, httpAnswer, says } from '../support/fault-server'
import { CREATED, params, rejection } from '../support/scripted-fetch'

const certificates = makeCertificates()
const withOpenssl = test.skipIf(certificates === undefined)

const serve = (name: keyof NonNullable<typeof certificates>) =>
  faultServer(says(200, CREATED), { tls: certificates?.[name] as Certificate })

withOpenssl.each(['valid', 'expired', 'elsewhere'] as const)(
  'a certificate that nobody vouches for (%s) ends the create at once, and nothing is sent (skipped without openssl)',
  async (name) => {
    const { url, requests } = await serve(name)
    const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl: url, logLevel: 'off' })
    const promise = runapi.luma.modifyVideo(params)
    expect(await rejection(promise)).toMatchObject({
      code: 'connection',
      retryable: false,
      idempotencyKey: promise.idempotencyKey,
      message: expect.stringContaining(`the certificate of ${url} is not valid`),
    })
    expect(requests).toEqual([])
  },
)

withOpenssl.each([
  ['expired', 'CERT_HAS_EXPIRED'],
  ['elsewhere', 'ERR_TLS_CERT_ALTNAME_INVALID'],
] as const)('a certificate that is %s is refused by its own code', async (name, code) => {
  const { url, port } = await serve(name)
  // The global fetch takes no certificate authority, so that the handshake is made here.
  const fetch = async (): Promise<Response> => {
    const socket = connect({ port, host: '127.0.0.1', ca: certificates?.[name].cert ?? '' })
    const cause = await new Promise((resolve) => socket.once('error', resolve))
    throw new TypeError('fetch failed', { cause })
  }
  const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl: url, fetch, logLevel: 'off' })
  const error = await rejection(runapi.luma.modifyVideo(params))
  expect(error).toMatchObject({ code: 'connection', retryable: false })
  expect(error.message).toContain(code)
})

withOpenssl('plain HTTP where TLS is spoken, and the reverse, are typed errors', async () => {
  const secure = await serve('valid')
  const plain = await faultServer(says(200, CREATED), {
    onConnect: (socket) => socket.write(httpAnswer(400, 'This is plain HTTP')),
  })
  for (const baseUrl of [secure.url.replace('https', 'http'), plain.url.replace('http', 'https')]) {
    const runapi = new RunApiClient({ apiKey: 'test-key', baseUrl, logLevel: 'off', maxRetries: 0 })
    expect((await rejection(runapi.luma.modifyVideo(params))).code).toMatch(
      /^(?:connection|unknown_outcome)$/,
    )
  }
})
