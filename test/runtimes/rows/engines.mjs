import { bullmq } from '../engines/bullmq.mjs'
import { cloudflareWorkflow } from '../engines/cloudflare-workflow.mjs'
import { lambdaDurable } from '../engines/lambda-durable.mjs'

/** Durable engines, each running its example. */
export const engineRows = [bullmq, cloudflareWorkflow, lambdaDurable]
