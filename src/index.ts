export { RunApiClient } from './client'
export type { Clock } from './clock'
export type { EndpointDefinition } from './endpoint'
export {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ClientClosedError,
  ConfigurationError,
  ConflictError,
  ConnectionError,
  InsufficientCreditsError,
  MalformedResponseError,
  NotFoundError,
  PermissionDeniedError,
  PollFailedError,
  RateLimitError,
  RequestTimeoutError,
  RunApiError,
  type RunApiErrorCode,
  ServerError,
  TaskFailedError,
  UnknownOutcomeError,
  ValidationError,
  type ValidationIssue,
  WaitTimeoutError,
} from './errors'
export type {
  ClientEvent,
  PollEvent,
  RequestEvent,
  ResponseEvent,
  RetryEvent,
  TaskEvent,
  WaitEvent,
} from './events'
export type { Logger, LogLevel } from './log'
export {
  type EndpointName,
  type Hailuo02ImageToVideoProParams,
  type Hailuo02ImageToVideoStandardParams,
  type Hailuo02TextToVideoProParams,
  type Hailuo02TextToVideoStandardParams,
  type Hailuo23ImageToVideoProParams,
  type Hailuo23ImageToVideoStandardParams,
  type HailuoImageToVideoParams,
  type HailuoTextToVideoParams,
  type LumaModifyVideoParams,
  schemas,
} from './models'
export type { ApiKeySource, CallOptions, CreateOptions, RunApiClientOptions, WaitOptions } from './options'
export {
  type ExponentialOptions,
  type PollContext,
  type PollSchedule,
  schedules,
  type TypicalOptions,
} from './poll-schedule'
export type { StandardIssue, StandardResult, StandardSchema } from './schema/standard-schema'
export type { CreateMethod } from './task/create-method'
export { nextDelay } from './task/next-delay'
export type { Task } from './task/task'
export type { TaskPromise } from './task/task-promise'
export type { TaskRef } from './task/task-ref'
export type {
  CompletedState,
  FailedState,
  PendingState,
  ProcessingState,
  ResultReader,
  TaskFailure,
  TaskState,
  Video,
  VideoResult,
} from './task-state'
