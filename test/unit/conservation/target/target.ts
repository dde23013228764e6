import type { RenameAnswers } from '@org/migrate-autogenerate'
import { put, type SchemaModel, type TriggerModel, tableKey, triggerKey, without } from '@org/migrate-core/dialect'
import type { Making } from '../../../../packages/conformance/src/random/columns.ts'
import type { SqlFragments } from '../../../../packages/conformance/src/subject.ts'
import type { Draft, Mutation, Rename } from '../../../autogenerate/pairs/draw/draft.ts'
import { answersFor, heldRenames, mutationsOn } from '../../../autogenerate/pairs/draw/pair.ts'
import type { Random } from '../../../kit/random.ts'
import type { Ground } from '../../ensure/ground.ts'
import { changesAtOnce, handedNames, surroundings } from './changes.ts'
import { syntaxOf } from './server.ts'

/** The schema that the next revision is generated for. */
export interface Target {
  readonly schema: SchemaModel
  readonly answers: RenameAnswers
  /** What has happened to the schema, in words. */
  readonly changes: readonly string[]
}

/** What the lives have no eyes for: values in tables of other schemas, and a table that every model has to know. */
const leftOut = /schema added|^trigger added$|^enum renamed$/

function changesOn(ground: Ground): readonly (readonly [string, Mutation])[] {
  const { flavour, random, fragments } = syntaxOf(ground)
  const own = Object.entries({ ...handedNames, ...changesAtOnce, ...surroundings(flavour) })
  const all = mutationsOn(random, fragments).filter(([name]) => !leftOut.test(name))
  const possible = own.filter(([, { on }]) => on === undefined || on(random, fragments))
  return [...all, ...possible, ...possible]
}

/** A trigger under the names that its table and its column have now; undefined where one of them is gone. */
function followed(
  model: SchemaModel,
  { quoted }: SqlFragments,
  renames: readonly Rename[],
  trigger: TriggerModel,
): TriggerModel | undefined {
  let { table, definition } = trigger
  for (const { kind, from, to } of renames) {
    if (kind !== 'table' && kind !== 'column') continue
    if (kind === 'table' && table.name === from) table = { ...table, name: to }
    definition = definition.replaceAll(quoted(from), quoted(to))
  }
  const columns = new Set(model.tables.get(tableKey(table))?.columns.map(({ name }) => quoted(name)))
  const named = definition.match(/(?:OF|NEW\.)\s*("(?:[^"]|"")*"|`(?:[^`]|``)*`)/i)?.[1]
  return named !== undefined && columns.has(named) ? { ...trigger, table, definition } : undefined
}

function withTriggers(
  model: SchemaModel,
  before: SchemaModel,
  fragments: SqlFragments,
  renames: readonly Rename[],
): SchemaModel {
  let result = model
  for (const [key, trigger] of model.triggers) {
    result = without(result, 'triggers', key)
    const isOld = [...before.triggers.values()].some(({ name }) => name === trigger.name)
    const now = followed(model, fragments, isOld ? renames : [], trigger)
    if (now !== undefined) result = put(result, 'triggers', triggerKey(now.table, now.name), now)
  }
  return result
}

/** Changes the schema as its author may do it between two revisions. */
export function drawTarget(
  ground: Ground,
  random: Random,
  before: SchemaModel,
  newName: (what: string) => string,
): Target {
  const { fragments, random: features } = syntaxOf(ground)
  const making: Making = { random, features, fragments, record: () => undefined }
  const changes: string[] = []
  let draft: Draft = { model: before, renames: [] }
  const possible = changesOn(ground)
  for (let count = random.int(1, 5), tries = 20; count > 0 && tries > 0; tries -= 1) {
    const [name, { change }] = random.pick(possible)
    const next = change(draft, making, newName)
    if (next === undefined) continue
    draft = next
    changes.push(name)
    count -= 1
  }
  const schema = withTriggers(draft.model, before, fragments, draft.renames)
  const renames = heldRenames({ from: before, to: schema, renames: draft.renames })
  return { schema, answers: answersFor({ renames }), changes }
}
