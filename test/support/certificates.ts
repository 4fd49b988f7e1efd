import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificate {
  key: string
  cert: string
}

const CONFIG = `
[ca]
default_ca = self
[self]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
[any]
commonName = supplied
[here]
subjectAltName = IP:127.0.0.1
[elsewhere]
subjectAltName = DNS:elsewhere.example
`

/** Self-signed certificates, made anew so that no key lies in the repository; `undefined` without openssl. */
export const makeCertificates = (): Record<'valid' | 'expired' | 'elsewhere', Certificate> | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  const openssl = (...options: string[]): void => {
    execFileSync('openssl', options, { cwd: folder, stdio: 'ignore' })
  }
  const sign = (name: string, extensions: string, endDate: string): Certificate => {
    writeFileSync(join(folder, 'index.txt'), '')
    writeFileSync(join(folder, 'serial'), '01')
    const dates = ['-startdate', '20200101000000Z', '-enddate', endDate]
    const files = ['-in', 'request.pem', '-keyfile', 'key.pem', '-out', `${name}.pem`]
    openssl(
      'ca',
      '-batch',
      '-notext',
      '-selfsign',
      '-config',
      'ca.conf',
      '-extensions',
      extensions,
      ...dates,
      ...files,
    )
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
    return { key: read('key.pem'), cert: read(`${name}.pem`) }
  }
  try {
    writeFileSync(join(folder, 'ca.conf'), CONFIG)
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    openssl('req', '-new', ...curve, '-subj', '/CN=127.0.0.1', '-keyout', 'key.pem', '-out', 'request.pem')
    return {
      valid: sign('valid', 'here', '21200101000000Z'),
      expired: sign('expired', 'here', '20210101000000Z'),
      elsewhere: sign('elsewhere', 'elsewhere', '21200101000000Z'),
    }
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
