import type { Plan, TierHeads } from '@org/migrate-core'
import type { Dialect, Operation, SchemaModel } from '@org/migrate-core/dialect'
import { replayApplied, type TierGraph } from '@org/migrate-core/internal'
import { harmless } from '../../harmless.ts'
import { cleanValue } from '../../pages/clean.ts'
import { plural } from '../../reporters/formatting.ts'
import { schemaBefore } from '../erd/before.ts'
import { type PicturedColumn, type PicturedSchema, type PicturedTable, pictureOf } from '../erd/picture.ts'
import type { ReportedDiagram } from './data.ts'
import { most } from './page/limits.ts'

/** What the revisions up to some heads make, and the revisions whose SQL does not tell. */
interface SchemaAtHeads {
  readonly schema: SchemaModel
  readonly opaque: readonly string[]
}

/** The schema at the heads that a plan or a run names. Of a sequential tier the last name is given. */
export function schemaAtHeads(
  dialect: Dialect,
  graphs: readonly TierGraph[],
  heads: readonly TierHeads[],
): Promise<SchemaAtHeads> {
  const tiers = graphs.map((each): TierGraph => {
    const own = heads.find(({ tier }) => tier === each.tier.name)?.heads ?? []
    if (each.tier.kind === 'graph') return { ...each, applied: own }
    const last = own.at(-1)
    return { ...each, applied: last === undefined ? [] : each.names.filter((name) => name <= last) }
  })
  return replayApplied(dialect, tiers)
}

export const operationsOf = ({ steps }: Plan): readonly Operation[] =>
  steps.flatMap(({ operations }) => operations.flatMap((each) => (each.skipped === undefined ? [each.operation] : [])))

/** Its changed columns and keys, and as many others as there is room for. */
function withFewColumns(table: PicturedTable): PicturedTable {
  const { columns } = table
  if (columns.length <= most.columns) return table
  const isImportant = ({ mark, keys }: PicturedColumn): boolean => mark !== undefined || keys.length > 0
  const important = columns.filter((each) => table.mark === 'altered' && isImportant(each)).slice(0, most.columns)
  const unchanged = columns.filter((each) => !important.includes(each)).slice(0, most.columns - important.length)
  const shown = columns.filter((each) => important.includes(each) || unchanged.includes(each))
  const omitted: PicturedColumn = {
    name: `… ${plural(columns.length - shown.length, 'more column')}`,
    type: '',
    nullable: true,
    keys: [],
  }
  return { ...table, columns: [...shown, omitted] }
}

/** Some tables of a picture, with the foreign keys between them. */
function withTables({ tables, references, enums }: PicturedSchema, shownTables: ReadonlySet<number>): PicturedSchema {
  const positions = new Map([...shownTables].map((before, at) => [before, at]))
  return {
    tables: [...shownTables].flatMap((at) => {
      const table = tables[at]
      return table === undefined ? [] : [withFewColumns(table)]
    }),
    references: references.flatMap((each) => {
      const [from, to] = [positions.get(each.from), positions.get(each.to)]
      return from === undefined || to === undefined ? [] : [{ ...each, from, to }]
    }),
    enums,
  }
}

/** The tables that change and their neighbours, where the whole would be too large to be read. */
export function limitPicture(picture: PicturedSchema): { readonly picture: PicturedSchema; readonly note?: string } {
  const { tables, references } = picture
  const all = [...tables.keys()]
  if (tables.length <= most.tables) return { picture: withTables(picture, new Set(all)) }
  const changed = new Set(all.filter((at) => tables[at]?.mark !== undefined))
  for (const { mark, from, to } of references) if (mark !== undefined) for (const each of [from, to]) changed.add(each)
  if (changed.size === 0) {
    const note = `The schema has ${plural(tables.length, 'table')}, none of them changes, and it is not drawn; \`migrate erd --format svg\` draws it.`
    return { picture: withTables(picture, new Set()), note }
  }
  const neighbours = references.flatMap(({ from, to }) => [
    ...(changed.has(from) ? [to] : []),
    ...(changed.has(to) ? [from] : []),
  ])
  const candidates = [...new Set([...changed, ...neighbours])]
  const shownTables = new Set(candidates.slice(0, most.changedTables).sort((a, b) => a - b))
  const what =
    candidates.length > shownTables.size ? 'some of those that change' : 'those that change and their neighbours'
  const note = `Drawn: ${plural(shownTables.size, 'table')} of ${tables.length.toLocaleString('en-US')}, ${what}. \`migrate erd --changed from:to --format svg\` draws all of them.`
  return { picture: withTables(picture, shownTables), note }
}

/** The diagram of what leads from one schema to another. */
export async function diagramOf(
  dialect: Dialect,
  before: SchemaAtHeads,
  after: SchemaAtHeads,
  operations: readonly Operation[],
  scrub: (text: string) => string,
): Promise<ReportedDiagram> {
  const whole = cleanValue(
    pictureOf(dialect, after.schema, schemaBefore(dialect, before.schema, operations)),
    // Graphviz escapes what XML needs; what cannot be seen is ours.
    (text) => harmless(scrub(text)),
  )
  const { picture, note } = limitPicture(whole)
  const opaque =
    after.opaque.length === 0 ? [] : [`SQL in ${after.opaque.join(', ')} does not say what it does, and is not drawn.`]
  const notes = [...(note === undefined ? [] : [note]), ...opaque]
  const marked = { ...whole, tables: whole.tables.filter(({ mark }) => mark !== undefined) }
  if (picture.tables.length === 0) return { picture: marked, notes }
  const { erdSvg } = await import('../erd/svg.ts')
  return { picture: marked, svg: await erdSvg(picture), notes }
}
