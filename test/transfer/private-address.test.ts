import { expect, test } from 'vitest'
import { isPrivateAddress } from '../../src/transfer/private-address'

const hostOf = (host: string): string => new URL(`https://${host}/`).hostname

test.each([
  'localhost',
  'LOCALHOST.',
  'api.localhost',
  '127.0.0.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.1',
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '100.127.255.255',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.19.255.255',
  '224.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[fc00::1]',
  '[fdff:ffff::1]',
  '[fe80::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:a00:1]',
  '[::10.0.0.1]',
  '[64:ff9b::192.168.0.1]',
  '[64:ff9b:1::1]',
  '[2002:7f00:1::]',
  '[2001:db8::1]',
])('%s is no public address', (host) => {
  expect(isPrivateAddress(hostOf(host))).toBe(true)
})

test.each([
  'tempfile.runapi.ai',
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '223.255.255.255',
  '[2606:4700:4700::1111]',
  '[::ffff:1.1.1.1]',
  '[64:ff9b::1.1.1.1]',
  '[2002:101:101::]',
  '10.example.com',
  'localhost.example.com',
])('%s may be public', (host) => {
  expect(isPrivateAddress(hostOf(host))).toBe(false)
})
