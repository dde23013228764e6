import type {
  ColumnModel,
  ConstraintModel,
  Operation,
  OperationAround,
  SchemaModel,
  TableModel,
  TableRef,
  TriggerModel,
  Undeclared,
} from '@org/migrate-core/dialect'
import { statisticsWord } from '../../introspect/whole/undeclared-facts.ts'
import { mentions, nameOf, significant } from '../../sql/names-in.ts'
import { canonicaliseColumn, typeText } from '../../types/canonicalise.ts'
import { columnOf, constraintTexts, refText, sameRef, tableOf } from '../statements.ts'
import { extraTexts } from './extras.ts'
import { policiesReading, type TablePolicy } from './policy-columns.ts'

/** What the server writes casts for. A varchar it always reads as text, and the size of a type is in no cast. */
export function castType(table: TableRef, column: ColumnModel): string {
  const type = typeText(table, column).replaceAll(/\(.*?\)/g, '')
  return type === 'varchar' || type === 'character varying' ? 'text' : type
}

/** What stands before EXECUTE: the events with their columns, and WHEN. */
const conditionOf = ({ definition }: TriggerModel): string => definition.split(/\bexecute\b/i)[0] ?? definition

/** The triggers of a table whose condition or whose events name one of the columns. */
export function triggersReading(
  model: SchemaModel,
  table: TableRef,
  columns: readonly string[],
): readonly TriggerModel[] {
  return [...model.triggers.values()].filter(
    (trigger) => sameRef(trigger.table, table) && columns.some((column) => mentions(conditionOf(trigger), column)),
  )
}

/** Whether a trigger depends on the column, and not only has a word of its name: in UPDATE OF, or as OLD.column or NEW.column of WHEN. */
export function triggerNames(trigger: TriggerModel, column: string): boolean {
  const tokens = significant(conditionOf(trigger))
  const isListed = (at: number): boolean => {
    const before = tokens[at - 1]
    if (before?.text === ',') return isListed(at - 2)
    return nameOf(before) === 'of' && nameOf(tokens[at - 2]) === 'update'
  }
  const isOfRow = (at: number): boolean =>
    tokens[at - 1]?.text === '.' && ['old', 'new'].includes(nameOf(tokens[at - 2]) ?? '')
  return tokens.some((token, at) => nameOf(token) === column && (isListed(at) || isOfRow(at)))
}

const indexTexts = ({ elements, where = '' }: TableModel['indexes'][number]): readonly string[] => [
  ...elements.map(({ expression = '' }) => expression),
  where,
]

/** Whether one of the texts computes something of the column. */
const compute = (texts: readonly string[], column: string): boolean =>
  texts.some((text) => mentions(text, column) && significant(text).length > 1)

interface Texts {
  readonly constraints: readonly ConstraintModel[]
  readonly indexes: TableModel['indexes']
  readonly triggers: readonly TriggerModel[]
  readonly policies: readonly TablePolicy[]
}

/** What has expressions over the column that the server parses again for its new type. */
function textsOver(model: SchemaModel, ref: TableRef, column: string): Texts {
  const { constraints, indexes } = tableOf(model, ref)
  return {
    constraints: constraints.filter((each) => compute(constraintTexts(each), column)),
    indexes: indexes.filter((each) => compute(indexTexts(each), column)),
    triggers: triggersReading(model, ref, [column]).filter(({ definition }) => /\bwhen\b/i.test(definition)),
    policies: policiesReading(model, ref, column),
  }
}

/**
 * What of a table would keep casts to the type that a column leaves, in words; undefined where nothing has one. Views are created again by
 * themselves, and named there.
 */
export function castNote(model: SchemaModel, ref: TableRef, old: ColumnModel, now: ColumnModel): string | undefined {
  const [from, to] = [castType(ref, old), castType(ref, now)]
  if (from === to) return undefined
  const cast = new RegExp(`::${from.replaceAll(/[^\w ]/g, '\\$&')}(?!\\w)`)
  const has = (texts: readonly string[]): boolean => texts.some((text) => cast.test(text))
  const { constraints, indexes, triggers, policies } = textsOver(model, ref, now.name)
  const statistics = (tableOf(model, ref).extras ?? []).filter(({ what }) => what.startsWith(statisticsWord))
  const objects = [
    ...constraints.filter((each) => has(constraintTexts(each))).map(({ name = '' }) => `constraint ${name}`),
    ...indexes.filter((each) => has(indexTexts(each))).map(({ name }) => `index ${name}`),
    ...statistics
      .filter((each) => compute(extraTexts([each]), now.name) && has(extraTexts([each])))
      .map(({ what }) => what),
    ...triggers.filter((each) => has([conditionOf(each)])).map(({ name }) => `trigger ${name}`),
    ...policies
      .filter(({ policy: { using = '', withCheck = '' } }) => has([using, withCheck]))
      .map(({ policy: { name } }) => `policy ${name}`),
  ]
  if (objects.length === 0) return undefined
  return `the server's text of ${objects.join(', ')} keeps casts to ${from}, which column ${refText(ref)}.${now.name} leaves: over ${to} it may give other values`
}

const isRestorable = ({ lasting = [] }: Undeclared): boolean => lasting.length === 0

/**
 * The inverse of a type change, with the texts as they stand before the change. `m < 10.1` over a column that becomes a double precision is
 * stored as `m < (10.1)::double precision`, and once it is numeric again as `(m)::double precision < (10.1)::double precision`, which
 * computes otherwise: ALTER COLUMN TYPE parses what it has printed (https://www.postgresql.org/docs/current/sql-altertable.html).
 */
export function inverseWithTexts(
  { operation, before, after }: OperationAround,
  inverse: readonly Operation[],
): readonly Operation[] {
  if (operation.kind !== 'alterColumn') return inverse
  const { table, column } = operation
  const [old, now] = [before, after].map((model) => canonicaliseColumn(columnOf(tableOf(model, table), column)))
  if (old === undefined || now === undefined || castType(table, old) === castType(table, now)) return inverse
  const texts = textsOver(before, table, column)
  const constraints = texts.constraints.filter((each) => each.name !== undefined && isRestorable(each))
  const indexes = texts.indexes.filter(isRestorable)
  const policies = texts.policies.filter(({ policy }) => isRestorable(policy))
  return [
    ...texts.triggers.map(({ name }): Operation => ({ kind: 'dropTrigger', table, trigger: name, ifExists: true })),
    ...constraints.map(
      ({ name = '' }): Operation => ({ kind: 'dropConstraint', table, constraint: { name }, ifExists: true }),
    ),
    ...indexes.map(({ name }): Operation => ({ kind: 'dropIndex', table, index: name, ifExists: true })),
    // A policy goes and comes back around the change by itself, with the text that it has then.
    ...policies.map(({ table: of, policy: { name, using, withCheck } }): Operation => {
      const change = { ...(using === undefined ? {} : { using }), ...(withCheck === undefined ? {} : { withCheck }) }
      return { kind: 'alterPolicy', table: of, policy: name, change }
    }),
    ...inverse,
    ...indexes.map((index): Operation => ({ kind: 'createIndex', table, index })),
    ...constraints.map((constraint): Operation => ({ kind: 'addConstraint', table, constraint })),
    ...texts.triggers.map((trigger): Operation => ({ kind: 'createTrigger', trigger })),
  ]
}
