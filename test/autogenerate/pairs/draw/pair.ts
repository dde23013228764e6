import type { RenameAnswers } from '@org/migrate-autogenerate'
import {
  apply,
  emptySchema,
  findColumn,
  put,
  replay,
  type SchemaModel,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import type { Making } from '../../../../packages/conformance/src/random/columns.ts'
import { randomModel } from '../../../../packages/conformance/src/random/generate.ts'
import { namesOf } from '../../../../packages/conformance/src/random/names.ts'
import type { RandomFeatures, SqlFragments, Subject } from '../../../../packages/conformance/src/subject.ts'
import { type Random, random as randomOf } from '../../../kit/random.ts'
import { counts } from '../../../kit/scale.ts'
import { columnMutations } from './columns.ts'
import { type Called, type Draft, freeColumns, type Mutation, type Rename, refLabel, tablesOf } from './draft.ts'
import { keyMutations } from './keys.ts'
import { objectMutations } from './objects.ts'
import { renameMutations } from './renames.ts'

/** Two versions of a schema. */
export interface Pair {
  readonly from: SchemaModel
  readonly to: SchemaModel
  /** What the author of the second version knows to be the same under another name. */
  readonly renames: readonly Rename[]
  /** What happened between them; `unrelated`: they have nothing to do with each other. */
  readonly mutations: readonly string[]
}

type Server = Pick<Subject, 'random' | 'fragments'>

const all: readonly (readonly [string, Mutation])[] = Object.entries({
  ...columnMutations,
  ...keyMutations,
  ...objectMutations,
  ...renameMutations,
})

/** What can happen to a schema on that server. */
export function mutationsOn(
  features: RandomFeatures,
  fragments: SqlFragments,
): readonly (readonly [string, Mutation])[] {
  return all.filter(([, { on }]) => on === undefined || on(features, fragments))
}

/** A random model; of every second a view reads a column that nothing else names, which may become another there. */
function modelOf(seed: number, { random, fragments }: Server): SchemaModel {
  const drawn = replay(emptySchema, randomModel(seed, random, fragments).operations, apply)
  // Stated: a view that states no options keeps those that it has, and a pair may be turned.
  const stated = fragments.viewOptions === undefined ? {} : { options: {} }
  const model = { ...drawn, views: new Map([...drawn.views].map(([key, view]) => [key, { ...stated, ...view }])) }
  const readable = tablesOf(model).filter(({ ref }) => ref.schema === undefined)
  const candidates = readable.flatMap((table) =>
    freeColumns(model, table, fragments).map((column) => ({ table, column })),
  )
  const one = candidates[seed % Math.max(1, candidates.length)]
  if (one === undefined || seed % 2 === 0) return model
  const ref = { name: 'reads_one' }
  const definition = `SELECT ${fragments.quoted(one.column.name)} FROM ${fragments.quoted(one.table.ref.name)}`
  return put(model, 'views', tableKey(ref), { ref, definition, ...stated })
}

/** The table of one side on the other, by what is known to be renamed. */
export function counterpart(
  { from, to, renames }: Pick<Pair, 'from' | 'to' | 'renames'>,
  { ref }: TableModel,
): TableModel | undefined {
  const rename = renames.find((one) => one.kind === 'table' && one.of === (ref.schema ?? '') && one.from === ref.name)
  const now = rename === undefined ? ref : { ...ref, name: rename.to }
  const isTaken = rename === undefined && from.tables.has(tableKey(now)) !== true
  return isTaken ? undefined : to.tables.get(tableKey(now))
}

/** The column of that name in the table's counterpart. */
export function columnCounterpart(pair: Pick<Pair, 'renames'>, from: TableModel, to: TableModel, name: string): string {
  const labels = [refLabel(from.ref), refLabel(to.ref)]
  const rename = pair.renames.find((one) => one.kind === 'column' && labels.includes(one.of) && one.from === name)
  return rename?.to ?? name
}

const differ = (from: boolean, to: boolean): boolean => from && !to

/** Whether the rename is still one: what was renamed may have gone afterwards. */
function holds(pair: Pick<Pair, 'from' | 'to' | 'renames'>, rename: Rename): boolean {
  const { from, to } = pair
  const ref = (name: string) => tableKey(rename.of === '' ? { name } : { schema: rename.of, name })
  if (rename.kind === 'table' || rename.kind === 'enum') {
    const part = rename.kind === 'table' ? 'tables' : 'enums'
    return (
      differ(from[part].has(ref(rename.from)), from[part].has(ref(rename.to))) &&
      differ(to[part].has(ref(rename.to)), to[part].has(ref(rename.from)))
    )
  }
  if (rename.kind === 'column') {
    const previous = [...from.tables.values()].find((table) => {
      const now = counterpart(pair, table)
      return refLabel(table.ref) === rename.of || (now !== undefined && refLabel(now.ref) === rename.of)
    })
    const now = previous && counterpart(pair, previous)
    if (previous === undefined || now === undefined) return false
    const has = (table: TableModel, name: string): boolean => findColumn(table, name) !== undefined
    return (
      differ(has(previous, rename.from), has(previous, rename.to)) && differ(has(now, rename.to), has(now, rename.from))
    )
  }
  const [valuesBefore, valuesAfter] = [from, to].map((model) => valuesCalled(model, rename.of))
  return (
    differ(valuesBefore?.includes(rename.from) ?? false, valuesBefore?.includes(rename.to) ?? true) &&
    differ(valuesAfter?.includes(rename.to) ?? false, valuesAfter?.includes(rename.from) ?? true)
  )
}

/** The values of an enum, or of a column, by its label. */
function valuesCalled(model: SchemaModel, label: string): readonly string[] | undefined {
  const own = [...model.enums.values()].find(({ ref }) => refLabel(ref) === label)
  if (own !== undefined) return own.values
  for (const table of model.tables.values()) {
    for (const { name, type } of table.columns) {
      if (`${refLabel(table.ref)}.${name}` === label && type.kind === 'enum') return type.values
    }
  }
  return undefined
}

/** Also what does not look like a rename may have been one: everything of the table changes then. */
function wildRenames(random: Random, from: SchemaModel, to: SchemaModel): readonly Rename[] {
  if (!random.chance(0.3)) return []
  const removed = [...from.tables].flatMap(([key, table]) => (to.tables.has(key) ? [] : [table]))
  const added = [...to.tables].flatMap(([key, table]) => (from.tables.has(key) ? [] : [table]))
  const pairs = removed.flatMap((old) =>
    added.flatMap((one) => (old.ref.schema === one.ref.schema ? [[old, one] as const] : [])),
  )
  if (pairs.length === 0) return []
  const [old, one] = random.pick(pairs)
  return [{ kind: 'table', of: old.ref.schema ?? '', from: old.ref.name, to: one.ref.name }]
}

const back = ({ of, kind, from, to }: Rename): Rename => ({
  kind,
  of,
  from: to,
  to: from,
})

function turnedAtRandom(random: Random, { from, to, renames, mutations }: Pair): Pair {
  const isTurned = random.chance(0.5)
  const pair = isTurned
    ? { from: to, to: from, renames: [...renames].reverse().map(back) }
    : { from, to, renames: [...renames] }
  return { ...pair, renames: heldRenames(pair), mutations }
}

/** The renames that are still such: a rename of a column leans on that of its table. */
export function heldRenames(pair: Pick<Pair, 'from' | 'to' | 'renames'>): readonly Rename[] {
  const tables = pair.renames.filter((one) => one.kind === 'table' && holds(pair, one))
  const held = pair.renames.filter((one) => one.kind !== 'table' && holds({ ...pair, renames: tables }, one))
  return [...tables, ...held]
}

/** Applies what is asked for, and then what chance brings; the names of what happened. */
function mutated(
  random: Random,
  from: SchemaModel,
  server: Server,
  required: readonly (readonly [string, Mutation])[],
): Pair {
  const making: Making = { random, features: server.random, fragments: server.fragments, record: () => undefined }
  const names = namesOf(random, () => undefined)
  const called: Called = (what) => `${names(what)}_n`
  const possible = mutationsOn(server.random, server.fragments)
  const more = Array.from({ length: random.int(0, 4) }, () => random.pick(possible))
  const done: string[] = []
  let draft: Draft = { model: from, renames: [] }
  for (const [name, { change }] of [...required, ...more]) {
    const next = change(draft, making, called)
    if (next === undefined) continue
    draft = next
    done.push(name)
  }
  return { from, to: draft.model, renames: draft.renames, mutations: done }
}

const attempts = 200

/**
 * The pair of one case. A quarter of the pairs are unrelated models, a twentieth are equal; of the others case after case brings
 * mutations in turn, on the first of some models that they can happen to.
 */
export function randomPair(seed: number, at: number, server: Server): Pair {
  const random = randomOf(seed)
  const first = modelOf(seed, server)
  if (at % 20 === 10) return { from: first, to: first, renames: [], mutations: [] }
  if (at % 4 === 3) {
    const to = modelOf(seed + 1, server)
    return { from: first, to, renames: wildRenames(random, first, to), mutations: ['unrelated'] }
  }
  const possible = mutationsOn(server.random, server.fragments)
  const mutatedBefore = at - Math.floor((at + 1) / 4) - Math.floor((at + 9) / 20)
  const turn = mutatedBefore
  // Such as have little to do with each other: what stands side by side in the list may take each other's place.
  const required = Array.from({ length: counts.mutationsOfPair }, (_, at) => {
    const index = turn + at * Math.floor(possible.length / counts.mutationsOfPair)
    return possible[index % possible.length] as (typeof possible)[number]
  })
  let best = mutated(random, first, server, required)
  const missing = (pair: Pair): number => required.filter(([name]) => !pair.mutations.includes(name)).length
  for (let tried = 1; tried < attempts && missing(best) > 0; tried++) {
    const model = modelOf(seed + tried * 7919, server)
    const next = mutated(random, model, server, required)
    if (missing(next) < missing(best)) best = next
  }
  return turnedAtRandom(random, best)
}

/** What the author of the second version answers where something may have been renamed. */
export function answersFor({ renames }: Pick<Pair, 'renames'>): RenameAnswers {
  return {
    renamed: renames.map(({ kind, of, from, to }) => ({
      from: (kind === 'table' || kind === 'enum') && of === '' ? from : `${of}.${from}`,
      to,
    })),
    none: true,
  }
}
