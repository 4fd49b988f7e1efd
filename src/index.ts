export { RunApiClient, type SettlingEvent } from './client'
export type {
  ClientEvent,
  PollEvent,
  RequestEvent,
  ResponseEvent,
  RetryEvent,
  TaskEvent,
  WaitEvent,
} from './contract/events'
export type { Ledger, Tags } from './contract/ledger'
export type {
  ApiKeySource,
  CallOptions,
  CreateOptions,
  FetchLike,
  FetchLikeInit,
  FetchLikeResponse,
  HeadersInput,
  ResumeOptions,
  RunApiClientOptions,
  WaitOptions,
} from './contract/options'
export type { CreatedTask, Task, WaitPromise } from './contract/task-handle'
export type { TaskRef } from './contract/task-ref'
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
} from './contract/task-state'
export type { UploadedFile } from './contract/uploaded-file'
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
  ResultMissingError,
  RunApiError,
  type RunApiErrorCode,
  ServerError,
  SpendingLimitError,
  TaskFailedError,
  UnknownOutcomeError,
  ValidationError,
  type ValidationIssue,
  WaitTimeoutError,
  WebhookVerificationError,
} from './errors'
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
  schedules,
  schemas,
} from './models'
export type { EndpointDefinition } from './models/endpoint'
export type { Account, AccountInfo, Balance } from './money/account'
export type {
  PriceQuote,
  PriceSchedule,
  PriceScheduleFilter,
  PriceSchedules,
  Pricing,
} from './money/pricing'
export type { Clock } from './platform/clock'
export type { Logger, LogLevel } from './platform/log'
export { VERSION } from './platform/version'
export type { FieldRule, FieldRules } from './schema/columns'
export type { JsonSchema, JsonSchemaConverter, JsonSchemaOptions } from './schema/json-schema'
export type { ModelOf, ModelSchema } from './schema/model-types'
export type { StandardIssue, StandardResult, StandardSchema } from './schema/standard-schema'
export { type AdvancingClient, advance, type Order, type OrderOptions, type Step } from './task/advance'
export type { CreateMethod } from './task/create'
export { nextDelay } from './task/task'
export type { CreateWaitPromise, TaskPromise } from './task/task-promise'
export type {
  ByteIterator,
  ByteReader,
  ByteStream,
  Download,
  PieceReader,
} from './transfer/download/download'
export type { DownloadOptions, DownloadProgress } from './transfer/download/download-options'
export type { Files, UploadSource } from './transfer/upload/files'
export type { UploadOptions, UploadProgress } from './transfer/upload/upload-options'
export type {
  ExponentialOptions,
  PollContext,
  PollSchedule,
  TypicalOptions,
} from './waiting/poll-schedule'
