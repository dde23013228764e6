import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configOf, desk } from './daily/kit.ts'
import { ensureBuilt, type Project, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)

const schema =
  "import { column, integer, table } from '@org/migrate-core'\nexport const t = table('t', { id: column(integer()) })\n"
const config = configOf("autogenerate: { schema: './schema.ts' },\n  seed: './seeds',")

/** Every command that asks the database, as it is called. */
const commands: readonly (readonly string[])[] = [
  ['status'],
  ['current'],
  ['upgrade'],
  ['upgrade', '--backup', 'before.dump'],
  ['downgrade', '-1'],
  ['downgrade', '--last-run'],
  ['plan'],
  ['plan', '--out', 'plan.json'],
  ['resume'],
  ['stamp', 'head'],
  ['lock'],
  ['check'],
  ['doctor'],
  ['ensure-version'],
  ['preserved'],
  ['dev'],
  ['push'],
  ['reset', '--confirm', 'app'],
  ['seed'],
  ['revision', '--autogenerate', '-m', 'next'],
  ['pull', '--out', 'pulled.ts'],
  ['erd'],
  ['report', '--out', 'report.html'],
  ['test'],
]

describe.each([
  ['postgres', 'postgres://app:hush-1@127.0.0.1:1/app'],
  ['mysql', 'mysql://app:hush-1@127.0.0.1:1/app'],
])('a server of %s that is not there', (_dialect, url) => {
  let project: Project
  beforeEach(() => {
    project = desk({
      ...twoRevisions,
      'migrate.config.ts': config,
      'schema.ts': schema,
      'seeds/1_one.ts': 'export default async () => undefined\n',
    }).project
  })
  afterEach(() => project.remove())

  test.each(commands.map((args) => [args.join(' '), args] as const))('%s says so, and writes nothing', (_, args) => {
    const files = (): readonly string[] => readdirSync(project.folder, { recursive: true }).map(String).sort()
    const before = files().filter((name) => !name.startsWith('node_modules'))
    const answer = project.json(args, { env: { APP_URL: url } })
    expect(answer).toMatchObject({ ok: false, error: { code: 'DATABASE_UNREACHABLE' } })
    expect(JSON.stringify(answer)).not.toContain('hush-1')
    expect(String((answer.error as { remedy?: string }).remedy)).not.toBe('undefined')
    expect(files().filter((name) => !name.startsWith('node_modules'))).toEqual(before)
    expect(existsSync(join(project.folder, 'app.db'))).toBe(false)
  })
})
