import { createRunApi, type VideoCallOptions } from 'runapi-video/ai-sdk'
import { createEmulator, type EmulatorOptions } from 'runapi-video/testing'

export const T2V = 'hailuo-02-text-to-video-standard'
export const I2V = 'hailuo-02-image-to-video-standard'
export const FRAME = 'https://example.com/first.png'

/** A provider on virtual time. */
export const provider = (options: EmulatorOptions = {}) => {
  const emulator = createEmulator(options)
  const { fetch, clock } = emulator
  const runapi = createRunApi({ apiKey: 'test-key', fetch, clock, logLevel: 'off' })
  return { emulator, clock, runapi }
}

/** A call as the SDK makes it. */
export const call = (options: Partial<VideoCallOptions> = {}): VideoCallOptions => ({
  prompt: 'Rain on a tin roof',
  n: 1,
  providerOptions: {},
  ...options,
})

/** The error that a promise rejects with. */
export const rejection = (promise: Promise<unknown>): Promise<Error & Record<PropertyKey, unknown>> =>
  promise.then(
    () => Promise.reject(new Error('it did not reject')),
    (error: unknown) => error as Error & Record<PropertyKey, unknown>,
  )
