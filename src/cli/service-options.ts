/** Options of every command that talks to the service. */
export const serviceOptions = {
  'base-url': { type: 'string' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** What they hold. */
export interface ServiceValues {
  'base-url'?: string | undefined
  quiet?: boolean | undefined
}

export const SERVICE_HELP = `  --base-url <url>       another service than https://runapi.ai, such as an emulator (default: RUNAPI_BASE_URL)
  --quiet                no progress on stderr

The key comes from RUNAPI_API_KEY. stdout gets one JSON document, stderr everything else.`
