/** The request id of what has one, for events. */
export const requestIdOf = ({
  requestId,
}: {
  readonly requestId?: string | undefined
}): { requestId?: string } => (requestId === undefined ? {} : { requestId })
