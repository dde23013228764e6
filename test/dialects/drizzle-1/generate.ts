import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The package that has drizzle-kit 1.0, and schemas of it. */
export const home = fileURLToPath(new URL('../../drizzle-1/', import.meta.url))
const names = { sqlite: 'sqlite', postgres: 'postgresql', mysql: 'mysql' } as const
export type Family = keyof typeof names
/** The statements of `drizzle-kit generate`, and the folder that it writes. */
export function generate(family: Family): { readonly statements: readonly string[]; readonly folder: string } {
  const folder = mkdtempSync(join(home, 'out-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const config = { dialect: names[family], schema: join(home, 'schemas', `${family}.ts`), out: join(folder, 'drizzle') }
  writeFileSync(join(folder, 'drizzle.config.mjs'), `export default ${JSON.stringify(config)}`)
  const args = ['generate', `--config=${join(folder, 'drizzle.config.mjs')}`, '--name=init']
  execFileSync(process.execPath, [join(home, 'node_modules/drizzle-kit/bin.cjs'), ...args], {
    cwd: home,
    stdio: 'pipe',
  })
  const [name = ''] = readdirSync(join(folder, 'drizzle'))
  const text = readFileSync(join(folder, 'drizzle', name, 'migration.sql'), 'utf8')
  return { statements: text.split('--> statement-breakpoint'), folder: join(folder, 'drizzle') }
}
