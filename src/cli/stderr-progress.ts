import { say } from './output'
import { createProgress, type Progress } from './progress'

export const stderrProgress = ({ quiet = false }: { quiet?: boolean | undefined }): Progress =>
  createProgress({ screen: process.stderr, say, quiet, env: process.env })
