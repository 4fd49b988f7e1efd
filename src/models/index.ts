export type { ModelEndpoint } from './endpoint'
export {
  type EndpointName,
  type EndpointParams,
  endpointNamed,
  endpointNames,
  type Families,
  families,
  mapEndpoints,
  schedules,
  schemas,
} from './families'
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
