import * as library from 'runapi-video'
import * as webhooks from 'runapi-video/webhooks'
import { run } from '../../../../program.mjs'

export const runtime = 'nodejs'
export const dynamic = 'force-dynamic'

export const GET = async () =>
  Response.json(await run({ library, webhooks, baseUrl: process.env.RUNAPI_BASE_URL ?? '' }))
