import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  type EmulatorServer,
} from 'runapi-video/testing'
import { onTestFinished } from 'vitest'

export const KEY = 'rk_canary/0123+secret'

/** An emulator behind a socket, until the test ends. */
export const serve = async (options?: EmulatorOptions): Promise<Emulator & EmulatorServer> => {
  const emulator = createEmulator(options)
  const { url, port } = await emulator.listen()
  onTestFinished(() => emulator.close())
  return Object.assign(Object.create(emulator), { url, port })
}
