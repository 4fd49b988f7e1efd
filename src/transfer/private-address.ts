import { isLoopbackHost } from '../settings/base-url'

/**
 * Whether a URL's host is an address that no public server has: loopback, private, link-local, reserved, or an IPv6 form
 * of one. Takes `URL.hostname`, where a URL parser has already turned `0x7f.1` and its like into plain notation. A name
 * that resolves to such an address is not seen here.
 */
export const isPrivateAddress = (hostname: string): boolean => {
  const host = hostname.replace(/\.$/, '').toLowerCase()
  if (isLoopbackHost(host)) return true
  const v4 = parseIpv4(host)
  if (v4 !== undefined) return isPrivateIpv4(v4)
  return host.startsWith('[') && isPrivateIpv6(parseIpv6(host.slice(1, -1)))
}

// First address and prefix length; RFC 6890 and multicast.
const PRIVATE_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const

const parseIpv4 = (host: string): number | undefined => {
  if (!/^\d+(?:\.\d+){3}$/.test(host)) return undefined
  return host.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

const isPrivateIpv4 = (address: number): boolean =>
  PRIVATE_IPV4.some(([first, length]) => {
    const size = 2 ** (32 - length)
    return Math.floor(address / size) === Math.floor((parseIpv4(first) as number) / size)
  })

/** The eight groups; a URL parser has written an embedded IPv4 address as two of them. */
const parseIpv6 = (text: string): number[] => {
  const [head = '', tail] = text.split('::')
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  if (tail === undefined) return groups(head)
  const [before, after] = [groups(head), groups(tail)]
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after]
}

const isPrivateIpv6 = (groups: readonly number[]): boolean => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups
  const startsWithZeros = groups.slice(0, 5).every((group) => group === 0)
  const last = g * 65_536 + h
  // ::, ::1, IPv4-compatible and IPv4-mapped.
  if (startsWithZeros && (f === 0 || f === 0xffff)) return (f === 0 && last < 65_536) || isPrivateIpv4(last)
  // 64:ff9b::/96 (NAT64) and 2002::/16 (6to4) hold an IPv4 address; 64:ff9b:1::/48 is NAT64 for local use.
  if (a === 0x64 && b === 0xff9b) return [c, d, e, f].some((group) => group !== 0) || isPrivateIpv4(last)
  if (a === 0x2002) return isPrivateIpv4(b * 65_536 + c)
  // Only 2000::/3 is public; of it, 2001::/23 is for protocols (Teredo holds an IPv4 address), and 2001:db8::/32 and
  // 3fff::/20 are for documents.
  return a >> 13 !== 1 || (a === 0x2001 && (b < 0x200 || b === 0xdb8)) || (a === 0x3fff && b < 0x1000)
}
