export type {
  Intent,
  Ledger,
  LedgerContext,
  OpenIntent,
  Purchase,
  PurchaseLimits,
  PurchaseRequest,
  Tags,
} from '../contract/ledger'
export { ConfigurationError } from '../errors/configuration-error'
export { SpendingLimitError } from '../errors/spending-limit-error'
export type {
  BoughtEntry,
  CompletedEntry,
  DoneEntry,
  FailedEntry,
  IntendedEntry,
  LedgerEntry,
  LedgerHeader,
  RefusedEntry,
  SentEntry,
  SpendingLimit,
  UnknownEntry,
  WrittenOffEntry,
} from './entries'
export type { Asked } from './fingerprints'
export { type OpenLedger, openLedger } from './ledger'
export type { LedgerOptions } from './ledger-options'
export type { OrderStatus } from './ledger-state'
export { foldLedger, type LedgerOrder, type LedgerSums, type LedgerTotals } from './orders'
export type { PriceCents, PricedOrder } from './price'
export { type LedgerPage, type LedgerStore, memoryStore } from './store'
