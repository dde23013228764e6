import {
  type CompileTable,
  joinWithSpaces,
  type SequenceModel,
  type SqlFragment,
  type Statement,
  sql,
  tableKey,
  type Undeclared,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { unsupported } from '../sql/unsupported.ts'
import { type SequenceRename, sequenceRenames } from '../types/owned-sequences.ts'
import { usualBounds } from '../types/sequence-bounds.ts'
import { columnName } from './comments.ts'
import { requireCountable } from './definitions/identity-options.ts'
import { extraStatements } from './dependants/extras.ts'
import { notInSchema, refText, statement } from './statements.ts'

type Fact = Exclude<keyof SequenceModel, 'ref' | keyof Undeclared>
type Clauses = {
  readonly [K in Fact]: (value: NonNullable<SequenceModel[K]> | null, name: string) => SqlFragment
}

/** The numbers are texts, since they may be beyond what a number of JavaScript holds. */
function integer(text: string, name: string): SqlFragment {
  if (/^-?\d+$/.test(text)) return verbatim(text)
  return unsupported(`sequence ${name}`, `${JSON.stringify(text)} is no integer`)
}

const types = { integer16: sql`smallint`, integer32: sql`integer`, integer64: sql`bigint` }

/** Each fact as CREATE and ALTER SEQUENCE say it; null is what the server takes without it. */
const clauses: Clauses = {
  type: (type) => sql`AS ${type === null ? types.integer64 : types[type]}`,
  increment: (value, name) => sql`INCREMENT BY ${value === null ? sql`1` : integer(value, name)}`,
  minValue: (value, name) => (value === null ? sql`NO MINVALUE` : sql`MINVALUE ${integer(value, name)}`),
  maxValue: (value, name) => (value === null ? sql`NO MAXVALUE` : sql`MAXVALUE ${integer(value, name)}`),
  start: (value, name) => sql`START WITH ${value === null ? sql`1` : integer(value, name)}`,
  cache: (value) => sql`CACHE ${value ?? 1}`,
  cycle: (value) => (value ? sql`CYCLE` : sql`NO CYCLE`),
  ownedBy: (value) => (value === null ? sql`OWNED BY NONE` : sql`OWNED BY ${columnName(value.table, value.column)}`),
}

const facts = Object.keys(clauses) as readonly Fact[]

type SequenceChange = { readonly [K in Fact]?: SequenceModel[K] | null }

function clausesOf(change: SequenceChange, name: string): readonly SqlFragment[] {
  return facts.flatMap((fact) => {
    const value = change[fact]
    return value === undefined ? [] : [(clauses[fact] as (value: unknown, name: string) => SqlFragment)(value, name)]
  })
}

interface Range {
  readonly low: bigint
  readonly high: bigint
}

const bitsOf = { integer16: 16, integer32: 32, integer64: 64 } as const

function rangeOf({ increment = '1', minValue, maxValue, type = 'integer64' }: SequenceModel): Range {
  const usual = usualBounds(!increment.startsWith('-'), bitsOf[type])
  return { low: BigInt(minValue ?? usual.low), high: BigInt(maxValue ?? usual.high) }
}

const isFalling = ({ increment }: SequenceModel): boolean => increment?.startsWith('-') === true

/** Where it begins that does not say so: at the end that it counts from. */
function startOf(sequence: SequenceModel): string {
  const { low, high } = rangeOf(sequence)
  return sequence.start ?? String(isFalling(sequence) ? high : low)
}

/** Throws UNSUPPORTED for numbers that the server would refuse in the run. https://www.postgresql.org/docs/current/sql-createsequence.html */
function requireCounting(sequence: SequenceModel): void {
  const { ref, increment = '1', minValue, maxValue, start, cache = 1, type = 'integer64' } = sequence
  // What is no integer is refused where it is written.
  const stated = [increment, minValue, maxValue, start].filter((each) => each !== undefined)
  if (!stated.every((each) => /^-?\d+$/.test(each))) return
  requireCountable(`sequence ${refText(ref)}`, {
    ...rangeOf(sequence),
    increment: BigInt(increment),
    start: BigInt(startOf(sequence)),
    cache: BigInt(cache),
    bits: bitsOf[type],
  })
}

/** Without a start the sequence begins at its end; the server leaves it where it is. */
const changed = (change: SequenceChange, current: SequenceModel): SequenceChange =>
  change.start === null ? { ...change, start: startOf(current) } : change

/**
 * What becomes another by a change that does not name it: the start follows the bounds, and the bounds follow the direction. ALTER SEQUENCE
 * leaves all of them: https://www.postgresql.org/docs/current/sql-altersequence.html
 */
function implied(previous: SequenceModel, current: SequenceModel): SequenceChange {
  const [old, now] = [rangeOf(previous), rangeOf(current)]
  return {
    ...(old.low === now.low ? {} : { minValue: current.minValue ?? null }),
    ...(old.high === now.high ? {} : { maxValue: current.maxValue ?? null }),
    ...(startOf(previous) === startOf(current) ? {} : { start: startOf(current) }),
  }
}

/**
 * The server takes no bounds that the sequence stands outside of. One that has given no number yet is put to its start, within bounds
 * that hold both; one that has is reported, before anything is changed.
 */
export function movedIntoBounds(previous: SequenceModel, current: SequenceModel): readonly Statement[] {
  const [old, now] = [rangeOf(previous), rangeOf(current)]
  if (now.low <= old.low && now.high >= old.high) return []
  const table = quote.table(current.ref)
  const [low, high] = [now.low < old.low ? now : old, now.high > old.high ? now : old]
  const isOutOfRange = sql`last_value NOT BETWEEN ${verbatim(String(now.low))} AND ${verbatim(String(now.high))}`
  const name = quote.literal(table.text)
  return [
    statement(sql`SELECT last_value FROM ${table} WHERE is_called AND ${isOutOfRange}`, [], {
      expectEmpty: `number of sequence ${refText(current.ref)} outside the bounds that it is to have`,
      remedy: 'Set it with op.sql to a number within them, in the same revision before.',
    }),
    statement(
      sql`ALTER SEQUENCE ${table} MINVALUE ${verbatim(String(low.low))} MAXVALUE ${verbatim(String(high.high))}`,
      [],
    ),
    statement(
      sql`SELECT setval(${name}, ${verbatim(startOf(current))}, false) FROM ${table} WHERE NOT is_called AND ${isOutOfRange}`,
      [],
    ),
  ]
}

export function renameSequence({ from, to }: Pick<SequenceRename, 'from' | 'to'>): Statement {
  return statement(sql`ALTER SEQUENCE ${quote.table(from)} RENAME TO ${quote.identifier(to.name)}`, [])
}

/** The sequences that follow the new name of their table or column, once it has it. */
export function renameSequences(...of: Parameters<typeof sequenceRenames>): readonly Statement[] {
  return sequenceRenames(...of).map(renameSequence)
}

export const sequenceStatements: Pick<CompileTable, 'createSequence' | 'alterSequence' | 'dropSequence'> = {
  createSequence: ({ operation: { sequence } }) => {
    requireCounting(sequence)
    const name = refText(sequence.ref)
    return [
      statement(joinWithSpaces(sql`CREATE SEQUENCE ${quote.table(sequence.ref)}`, ...clausesOf(sequence, name)), []),
      ...extraStatements(sequence.extras, { table: sequence.ref }),
    ]
  },
  alterSequence: ({ operation: { sequence, change }, before, after }) => {
    const [previous, current] = [before, after].map((model) => model.sequences.get(tableKey(sequence)))
    if (previous === undefined || current === undefined) throw notInSchema(`sequence ${refText(sequence)}`)
    requireCounting(current)
    const parts = clausesOf({ ...implied(previous, current), ...changed(change, current) }, refText(sequence))
    if (parts.length === 0) return []
    return [
      ...movedIntoBounds(previous, current),
      statement(joinWithSpaces(sql`ALTER SEQUENCE ${quote.table(sequence)}`, ...parts), []),
    ]
  },
  dropSequence: ({ operation: { sequence } }) => [statement(sql`DROP SEQUENCE ${quote.table(sequence)}`, [])],
}
