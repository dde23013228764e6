import { type CompareOptions, type Comparison, compare, readSource } from '@org/migrate-autogenerate'
import type { DeclaredSchema, SupportedFeatures } from '@org/migrate-core'
import { portableFeatures } from '@org/migrate-core/internal'
import { expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import type { ServerName } from '../../kit/servers.ts'
import { revisionWriter } from '../../kit/written-revision.ts'
import { describeEverywhere, describeOnServers, describeOnSqlite, type Ground } from '../../unit/ensure/ground.ts'
import { changeLine } from '../cases/lines.ts'

/** Two schemas as SQL, each a list of statements. */
export interface SqlPair {
  readonly title: string
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** The servers that have such. Default: all, and SQLite. */
  readonly on?: readonly (ServerName | 'sqlite')[]
  readonly rows?: readonly string[]
  readonly options?: CompareOptions
  /** What the declaration can express: all that SQL can, what `table(…)` can, or without some. */
  readonly as?: 'table' | Partial<SupportedFeatures>
  /** What is there afterwards: each row as its values. */
  readonly finds?: { readonly sql: string; readonly rows: readonly (readonly unknown[])[] }
}

const withoutRenames = { answers: { none: true } } as const

export async function declaredBy(
  ground: Ground,
  statements: readonly string[],
  as?: SqlPair['as'],
): Promise<DeclaredSchema> {
  const text = `${statements.join(';\n')};\n`
  const declared = await readSource(ground.dialect(), { kind: 'sql', texts: [{ file: 'schema.sql', text }] })
  if (as === undefined) return declared
  const supportedFeatures = as === 'table' ? portableFeatures : { ...declared.supportedFeatures, ...as }
  return { ...declared, supportedFeatures }
}

export const linesOf = ({ changes }: Comparison): readonly string[] => changes.map(({ change }) => changeLine(change))

/** Each pair on each server: the revision that leads there runs, a second comparison finds nothing, and its downgrade leads back. */
export function sqlPairs(title: string, pairs: readonly SqlPair[]): void {
  const everywhere = pairs.filter(({ on }) => on === undefined)
  if (everywhere.length > 0) describeEverywhere(title, (openGround) => walk(openGround, everywhere))
  for (const servers of new Set(pairs.flatMap(({ on }) => (on === undefined ? [] : [on])))) {
    const some = pairs.filter(({ on }) => on === servers)
    const real = servers.filter((server) => server !== 'sqlite')
    if (real.length < servers.length) describeOnSqlite(title, (openGround) => walk(openGround, some))
    if (real.length > 0) describeOnServers(title, (openGround) => walk(openGround, some), real)
  }
}

function walk(openGround: () => Promise<Ground>, pairs: readonly SqlPair[]): void {
  const write = revisionWriter()
  test.for(pairs)('$title', async ({ before, after, rows = [], options, as, finds }) => {
    const ground = await openGround()
    for (const text of [...before, ...rows]) await ground.sql(text)
    const compareWith = async (statements: readonly string[], more: CompareOptions = {}) =>
      compare(migratorOf(ground.dialect(), []), await declaredBy(ground, statements, as), {
        ...withoutRenames,
        ...options,
        ...more,
      })
    const comparison = await compareWith(after)
    expect(linesOf(comparison)).not.toEqual([])
    const chain = await write(comparison, [])
    const migrator = migratorOf(ground.dialect(), chain)
    await migrator.upgrade(undefined, { allowDataLoss: true })
    const second = await compare(migrator, await declaredBy(ground, after, as), { ...options, ...withoutRenames })
    expect(linesOf(second)).toEqual([])
    if (finds !== undefined) {
      const found = await ground.sql(finds.sql)
      expect(
        found.map((row) => Object.values(row).map((value) => (typeof value === 'bigint' ? Number(value) : value))),
      ).toEqual(finds.rows)
    }
    await migrator.downgrade('-1', { allowDataLoss: true })
    expect(linesOf(await compareWith(before, withoutRenames))).toEqual([])
  })
}
