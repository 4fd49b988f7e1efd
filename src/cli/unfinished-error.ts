/** The task that is asked for is not done yet. */
export class UnfinishedError extends Error {
  override readonly name = 'UnfinishedError'
}
