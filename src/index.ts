export type { Account, Balance } from './account'
export { RunApiClient } from './client'
export type { Clock } from './clock'
export type { Download } from './download/download'
export type { DownloadOptions, DownloadProgress } from './download/download-options'
export type { EndpointDefinition } from './endpoint'
export {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ClientClosedError,
  ConfigurationError,
  ConflictError,
  ConnectionError,
  DownloadError,
  type DownloadErrorReason,
  InsufficientCreditsError,
  MalformedResponseError,
  NotFoundError,
  PermissionDeniedError,
  PollFailedError,
  RateLimitError,
  RequestTimeoutError,
  ResultExpiredError,
  RunApiError,
  type RunApiErrorCode,
  ServerError,
  TaskFailedError,
  UnknownOutcomeError,
  ValidationError,
  type ValidationIssue,
  WaitTimeoutError,
  WebhookVerificationError,
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
export type { Files, UploadSource } from './files/files'
export type { UploadOptions, UploadProgress } from './files/upload-options'
export type { UploadedFile } from './files/uploaded-file'
export type { Logger, LogLevel } from './log'
export {
  type EndpointName,
  type EndpointParams,
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
export type { PriceSchedule, PriceScheduleFilter, PriceSchedules } from './pricing/price-schedules'
export type { PriceQuote, Pricing } from './pricing/pricing'
export type { StandardIssue, StandardResult, StandardSchema } from './schema/standard-schema'
export type { CreateMethod } from './task/create-method'
export { nextDelay } from './task/next-delay'
export type { SettlingEvent } from './task/settle'
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
