import { type Comparison, compare, type FillAnswer } from '@org/migrate-autogenerate'
import { isMigrateError, type Migrator, type Revision } from '@org/migrate-core'
import { type SchemaModel, tableKey } from '@org/migrate-core/dialect'
import { wholeSchema } from '@org/migrate-core/internal'
import { valueFor } from '../../../autogenerate/pairs/draw/rows.ts'
import type { Random } from '../../../kit/random.ts'
import { revisionWriter } from '../../../kit/written-revision.ts'
import type { Ground } from '../../ensure/ground.ts'
import type { DrawnRevision } from '../chain.ts'
import { schemaOf, syntaxOf } from './server.ts'
import { drawTarget } from './target.ts'

const write = revisionWriter()

const optionsFor = (ground: Ground) =>
  syntaxOf(ground).random.schemas
    ? { include: ['*', { kind: 'schema' as const }], exclude: [{ kind: 'schema' as const, name: 'public' }] }
    : {}

/** What rows get that have no value, or one that is no more. */
function fillFor(ground: Ground, before: SchemaModel, after: SchemaModel): FillAnswer {
  const { flavour, fragments } = syntaxOf(ground)
  return ({ table, column }) => {
    const values = after.enums.get(tableKey(table))?.values
    if (column === '') return values?.[0] === undefined ? undefined : `'${values[0].replaceAll("'", "''")}'`
    const tables = [after.tables.get(tableKey(table)), before.tables.get(tableKey(table)), ...before.tables.values()]
    const type = tables
      .flatMap((one) => one?.columns.filter(({ name, generated }) => name === column && generated === undefined) ?? [])
      .at(0)?.type
    return type && valueFor(0, type, type, { fragments, flavour })
  }
}

const linesOf = ({ changes }: Comparison): readonly string[] =>
  changes.map(({ describe, statements }) => `${describe} [${statements.join('; ')}]`)

/** What is left to do for what was declared, a line each: nothing, once a generated revision has run. */
export async function leftToDo(ground: Ground, migrator: Migrator, schema: SchemaModel): Promise<readonly string[]> {
  return linesOf(
    await compare(migrator, wholeSchema(schema), { ...optionsFor(ground), from: 'database', answers: { none: true } }),
  )
}

export interface Generated {
  readonly revision: DrawnRevision
  /** What was declared. */
  readonly schema: SchemaModel
}

/** A revision that leads from the database as it is to a declaration that is drawn. A text: why there is none. */
export async function generated(
  ground: Ground,
  from: Random,
  migrator: Migrator,
  chain: readonly Revision[],
  newName: (what: string) => string,
): Promise<Generated | string> {
  const { declared } = await schemaOf(ground)
  const { schema, answers, changes } = drawTarget(ground, from, declared, newName)
  if (changes.length === 0) return 'nothing is drawn'
  const what = changes.join(', ')
  let comparison: Comparison
  try {
    comparison = await compare(migrator, wholeSchema(schema), {
      ...optionsFor(ground),
      from: 'database',
      answers,
      fill: fillFor(ground, declared, schema),
    })
  } catch (error) {
    // What the server does not take, no author gets past the command either.
    if (!isMigrateError(error) || error.code === 'INTERNAL') throw error
    return `${what}: ${error.code} ${error.message}`
  }
  if (comparison.changes.length === 0) return `${what}: no change`
  const written = (await write(comparison, chain)).at(-1)
  if (written === undefined) throw new Error('no revision was written')
  const computes = comparison.changes.some(({ change }) => change.kind === 'fill')
  const drawn = {
    describe: `${what} {${linesOf(comparison).join(' | ')}}`,
    record: (op: Parameters<Revision['upgrade']>[0]) => void written.upgrade(op),
    ...(computes ? { computes: true as const } : {}),
  }
  return { revision: { ...written, drawn: [drawn] }, schema }
}
