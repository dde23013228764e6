import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../project.ts'
import { cleanDesks, configOf, type Desk, onEachDatabase } from './kit.ts'

cleanDesks()

const source = join(root, 'packages/schema/src')
const copyOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(join(source, folder)).map((name) => [
      `${folder}/${name}`,
      readFileSync(join(source, folder, name), 'utf8'),
    ]),
  )
/** A copy: its chain itself stays as it is. */
const graphOnly = {
  ...copyOf('revisions'),
  ...copyOf('data'),
  'migrate.config.ts': configOf('').replace("'./migrations'", "'./revisions'"),
}
const withLegacy = {
  ...graphOnly,
  ...copyOf('legacy'),
  'migrate.config.ts': `import { defineConfig } from '@org/cli'
import { graph, sequential } from '@org/migrate-core/node'
export default defineConfig({
  url: process.env.APP_URL ?? 'sqlite:./app.db',
  tiers: [sequential(new URL('./legacy/', import.meta.url)), graph(new URL('./revisions/', import.meta.url))],
})
`,
}
const head = 'e223b100ad81'
const squash = ['squash', `base:${head}`, '--rev-id', 's1', '--only-old-rows', 'all']
const catalogs: { readonly [server: string]: readonly string[] } = {
  sqlite: [
    `SELECT m.name AS t, p.name AS c, p.type, p."notnull" AS n, p.dflt_value AS d, p.pk FROM sqlite_schema m, pragma_table_info(m.name) p
      WHERE m.type = 'table' AND m.name NOT LIKE 'migrate%' ORDER BY 1, 2`,
    `SELECT m.name AS t, i."unique" AS u, c.seqno AS s, c.name AS c FROM sqlite_schema m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
      WHERE m.type = 'table' AND m.name NOT LIKE 'migrate%' ORDER BY 1, 2, 3, 4`,
  ],
  postgres: [
    `SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name NOT LIKE 'migrate%' ORDER BY 1, 2`,
    `SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'migrate%' ORDER BY 1, 2`,
  ],
  mysql: [
    `SELECT table_name AS t, column_name AS c, column_type AS y, is_nullable AS n, column_default AS d, extra AS e FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name NOT LIKE 'migrate%' ORDER BY 1, 2`,
    `SELECT table_name AS t, index_name AS i, seq_in_index AS s, column_name AS c, non_unique AS u FROM information_schema.statistics
      WHERE table_schema = DATABASE() AND table_name NOT LIKE 'migrate%' ORDER BY 1, 2, 3`,
  ],
}

onEachDatabase("Open WebUI's chain squashed", (open, server) => {
  const catalogOf = async (at: Desk): Promise<readonly unknown[]> => {
    const rows: unknown[] = []
    for (const text of catalogs[server] ?? []) rows.push(...(await at.sql(text)))
    return rows
  }
  const works = (at: Desk, ...args: readonly string[]): void => {
    const { code, stderr } = at.run(...args)
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  }
  /** Only the squashed revision is left. */
  const pruned = (at: Desk): void => works(at, 'squash', '--prune')

  test('is one revision, which makes what the 21 of the graph make', async () => {
    const chain = await open(graphOnly)
    works(chain, 'upgrade')
    const at = await open(graphOnly)
    works(at, ...squash)
    pruned(at)
    expect(readdirSync(join(at.project.folder, 'revisions'))).toHaveLength(1)
    works(at, 'upgrade')
    expect(await at.sql('SELECT revision FROM migrate_history')).toEqual([{ revision: 's1' }])
    const expected = await catalogOf(chain)
    expect(expected.length).toBeGreaterThan(200)
    expect(await catalogOf(at)).toEqual(expected)
    works(at, 'downgrade', 'base', '--allow-data-loss')
    expect(await at.tables()).toEqual([])
  })

  test('is refused where the sequential tier is below it, and that tier itself is, too', async () => {
    const at = await open(withLegacy)
    const tier = at.run('squash', '001_initial_schema:018_add_function_is_global', '--tier', 'legacy')
    expect(tier.code).toBe(2)
    expect(tier.stderr).toContain('legacy is a sequential tier')
    // Its revisions alter tables of that tier, and take back what they did to rows by data steps.
    const refused = at.run(...squash)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/SQUASH_UNEQUAL.*\n.*none can be derived for it squashed: /)
    expect(readdirSync(join(at.project.folder, 'revisions'))).toHaveLength(21)
  })
})
