import type { Stats } from 'node:fs'
import { lstat, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigurationError } from '../errors/configuration-error'
import { fileError, refuseFile } from './file-error'

/** A path as Node accepts it: a string, a `file:` URL, or bytes (a `Buffer`), which stay bytes if they are not UTF-8. */
export const pathOf = (path: unknown): string | Uint8Array => {
  const text = pathText(path)
  if (text === '') throw new ConfigurationError('path: is empty; give a file or a directory')
  if (typeof text === 'string' ? text.includes('\0') : text.includes(0))
    throw new ConfigurationError('path: holds a NUL character, which no path can')
  if (typeof text === 'string' && /^file:\/\//i.test(text))
    throw new ConfigurationError('path: is a file: URL as text; pass new URL(path), or a plain path')
  return text
}

const pathText = (path: unknown): string | Uint8Array => {
  if (typeof path === 'string') return path
  if (path instanceof Uint8Array) return utf8Of(path) ?? path
  if (Object.prototype.toString.call(path) !== '[object URL]')
    throw new ConfigurationError('path: must be a string, a file: URL or a Buffer')
  try {
    return fileURLToPath(path as URL)
  } catch {
    throw new ConfigurationError('path: the URL is not a file: URL of this machine')
  }
}

const utf8Of = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** The path of a file: `given` itself, or a name made from the URL in the directory of that name. */
export const targetPath = async (given: unknown, url: string): Promise<string> => {
  const path = pathOf(given)
  if (typeof path !== 'string')
    throw new ConfigurationError('path: its bytes are not UTF-8; give a name that is')
  const place = await stat(path).catch(() => undefined)
  const isDirectory = place?.isDirectory() === true || /[/\\]$/.test(path)
  const target = resolve(isDirectory ? join(path, safeFileName(url)) : path)
  const rule = process.platform === 'win32' ? windowsRule(basename(target)) : undefined
  return rule === undefined ? target : refuseFile(target, rule)
}

/** Refuses what must not be replaced. A link counts as itself, not as what it leads to. */
export const refuseTaken = async (path: string, { overwrite }: { overwrite: boolean }): Promise<void> => {
  const taken = await statOf(path)
  if (!taken) return
  if (!overwrite) refuseFile(path, 'exists already; pass overwrite: true to replace it')
  if (!taken.isFile() && !taken.isSymbolicLink()) refuseFile(path, 'is not a file, so it is not replaced')
}

const statOf = async (path: string): Promise<Stats | undefined> => {
  try {
    return await lstat(path)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw fileError(path, error)
  }
}

// Devices of Windows, with any extension.
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])(?: *\.| *$)/i

/** Why Windows would not make a file of exactly this name; it fails late, or makes another one. */
export const windowsRule = (name: string): string | undefined => {
  if (DEVICE.test(name)) return 'is the name of a device on Windows'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
  if (/[<>:"|?*\x00-\x1f]/.test(name)) return 'holds a character that Windows does not allow in a name'
  if (/[. ]$/.test(name)) return 'ends in a dot or a space, which Windows drops'
  return name.length > 255 ? 'has too long a name' : undefined
}

const FALLBACK = 'video.mp4'
export const MAX_STEM = 120

/**
 * A file's name from the last segment of a URL, safe in any directory: letters, digits, `.`, `_` and `-`, no dot at
 * either end. Never from `Content-Disposition`, which a server can set to anything.
 */
export const safeFileName = (url: string): string => {
  const name = lastSegment(url)
    .replace(/[^\w.-]+/g, '_')
    .replace(/^[._-]+|[._-]+$/g, '')
  const extension = /\.\w{1,5}$/.exec(name)?.[0] ?? ''
  const stem = name.slice(0, name.length - extension.length).slice(0, MAX_STEM)
  if (stem === '') return FALLBACK
  return `${DEVICE.test(name) ? '_' : ''}${stem}${extension || '.mp4'}`
}

const lastSegment = (url: string): string => {
  try {
    return decodeURIComponent(new URL(url).pathname.split('/').pop() ?? '')
  } catch {
    return ''
  }
}
