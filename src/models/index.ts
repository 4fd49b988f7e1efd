export { type EndpointName, type EndpointParams, endpointNamed, type Families, families } from './families'
export type {
  Hailuo02ImageToVideoProParams,
  Hailuo02ImageToVideoStandardParams,
  Hailuo02TextToVideoProParams,
  Hailuo02TextToVideoStandardParams,
  Hailuo23ImageToVideoProParams,
  Hailuo23ImageToVideoStandardParams,
  HailuoImageToVideoParams,
  HailuoTextToVideoParams,
} from './hailuo'
export type { LumaModifyVideoParams } from './luma'
export type { ModelEndpoint } from './model-endpoint'
export { schemas } from './schemas'
