import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { MigrateError } from '@org/migrate-core'
import { thrownMessage } from '@org/migrate-core/dialect'

/**
 * Sets the variables of an env file (`NAME=value` lines, as Node reads them) that are not set yet: what the environment says goes first.
 *
 * Throws CONFIG_FAILED.
 */
export function readEnvFile(file: string, env: NodeJS.ProcessEnv): void {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const why = `the env file cannot be read: ${thrownMessage(cause)}`
    const remedy = 'Write the file, or name another one.'
    throw new MigrateError('CONFIG_FAILED', { file, why }, `${file}: ${why}`, { cause, remedy })
  }
  // Node takes the byte order mark that editors on Windows write for a part of the first name.
  const withoutMark = text.replace(/^\uFEFF/, '')
  for (const [name, value] of Object.entries(parseEnv(withoutMark))) env[name] ??= value
}
