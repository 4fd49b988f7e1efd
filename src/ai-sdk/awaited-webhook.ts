import { own } from '../platform/own'

// A fragment is never sent, so it can tell `doStart`, which hears of nothing but the URL, that the SDK itself waits for
// the delivery. `experimental_startVideo` gives a URL too, and asks for the status whenever it likes.
const MARK = '#runapi-awaited'

export const markAwaited = (url: string): string => url + MARK

/** The URL to register, and whether the SDK waits for a delivery to it. */
export const readWebhookUrl = (url: string | undefined): { url: string | undefined; awaited: boolean } =>
  url?.endsWith(MARK) ? { url: url.slice(0, -MARK.length), awaited: true } : { url, awaited: false }

/** Whether the status of this operation is asked after a delivery. */
export const isAwaited = (operation: unknown): boolean => own(operation, 'awaited') === true
