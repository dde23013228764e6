import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { isRecord } from '../config-table.ts'
import { failed, messageOf } from './config.ts'

/** A configuration in JSON; of a package.json its key `migrate`, undefined where it has none and none is needed. Throws CONFIG_FAILED. */
export function jsonConfig(file: string, isNeeded: boolean): unknown {
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw failed(file, `it cannot be read as JSON: ${messageOf(cause)}`, { cause })
  }
  if (basename(file) !== 'package.json') return parsed
  const config = isRecord(parsed) && 'migrate' in parsed ? parsed.migrate : undefined
  if (config !== undefined || !isNeeded) return config
  throw failed(file, 'it has no `migrate`', { remedy: 'Write the configuration into `migrate`, or name its own file.' })
}
