import { aiSdkRows } from './ai-sdk.mjs'
import { bunAndDenoRows } from './bun-and-deno.mjs'
import { bundlerRows } from './bundlers.mjs'
import { chromiumRows } from './chromium.mjs'
import { edgeVmRows } from './edge-vm.mjs'
import { engineRows } from './engines.mjs'
import { exampleTypesRows } from './example-types.mjs'
import { exampleRows } from './examples.mjs'
import { fileLedgerRows } from './file-ledger.mjs'
import { lambdaRows } from './lambda.mjs'
import { nextjsRows } from './nextjs.mjs'
import { nodeRows } from './node.mjs'
import { openClawRows } from './openclaw.mjs'
import { openTelemetryRows } from './opentelemetry.mjs'
import { workerdRows } from './workerd.mjs'

/** In the order in which they run: what takes longest comes last. */
export const rows = [
  ...nodeRows,
  ...bunAndDenoRows,
  ...fileLedgerRows,
  ...workerdRows,
  ...edgeVmRows,
  ...lambdaRows,
  ...bundlerRows,
  ...chromiumRows,
  ...aiSdkRows,
  ...exampleTypesRows,
  ...exampleRows,
  ...engineRows,
  ...openTelemetryRows,
  ...nextjsRows,
  ...openClawRows,
]
