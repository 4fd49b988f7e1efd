/**
 * Whether a service that answers with this status may have done what was asked: only a plain refusal says that it did
 * not. 455 is the service's own word for "unavailable for now" (vendor's docs).
 */
export const leavesOutcomeOpen = (status: number): boolean =>
  status === 408 || status === 455 || status >= 500

/** Whether the same request may get another answer later. What a status beyond 599 means is not defined. */
export const isRetryableStatus = (status: number): boolean =>
  status === 429 || (status <= 599 && leavesOutcomeOpen(status))
