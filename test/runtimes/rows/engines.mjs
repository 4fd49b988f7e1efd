import { bullmq } from '../engines/bullmq.mjs'
import { cloudflareWorkflow } from '../engines/cloudflare-workflow.mjs'
import { lambdaDurable } from '../engines/lambda-durable.mjs'
import { ledgerRows } from '../engines/ledgers.mjs'
import { postgresEngines } from '../engines/postgres-engines.mjs'
import { restate } from '../engines/restate.mjs'
import { vercelWorkflow } from '../engines/vercel-workflow.mjs'

/** Durable engines, each running its example, and ledgers that many processes share. */
export const engineRows = [
  bullmq,
  cloudflareWorkflow,
  lambdaDurable,
  ...postgresEngines,
  restate,
  vercelWorkflow,
  ...ledgerRows,
]
