import {
  type ColumnModel,
  type ColumnType,
  type Counting as Counter,
  canonicalJson,
  countingFault,
  type Identity,
  MigrateError,
  type SchemaModel,
  type SequenceModel,
  type SqlFragment,
  type Statement,
  sql,
  type TableRef,
  tableKey,
  verbatim,
} from '@org/migrate-core/dialect'
import { namesIn } from '../../sql/names-in.ts'
import { quote } from '../../sql/quote.ts'
import { unsupported } from '../../sql/unsupported.ts'
import { identityStart, usualBounds } from '../../types/sequence-bounds.ts'
import { types } from '../../types/types.ts'
import { refText, statement } from '../statements.ts'

type Counting = Omit<Identity, 'mode' | 'sequence'>
type Clauses = {
  readonly [F in keyof Required<Counting>]: (value: Counting[F], column: string) => SqlFragment
}

/** The bounds are texts, since they may be beyond what a number of JavaScript holds. */
function bound(text: string, column: string): SqlFragment {
  if (/^-?\d+$/.test(text)) return verbatim(text)
  return unsupported(`the identity of column ${column}`, `${JSON.stringify(text)} is no integer`)
}

/** Each fact as GENERATED … AS IDENTITY says it, and, behind SET, ALTER COLUMN; undefined is what the server takes without it. */
const clauses: Clauses = {
  start: (value = 1, column) => sql`START WITH ${bound(String(value), column)}`,
  increment: (value = 1) => sql`INCREMENT BY ${value}`,
  minValue: (value, column) => (value === undefined ? sql`NO MINVALUE` : sql`MINVALUE ${bound(value, column)}`),
  maxValue: (value, column) => (value === undefined ? sql`NO MAXVALUE` : sql`MAXVALUE ${bound(value, column)}`),
  cache: (value = 1) => sql`CACHE ${value}`,
  cycle: (value = false) => (value ? sql`CYCLE` : sql`NO CYCLE`),
}

/** Throws UNSUPPORTED for a counter that the server refuses. */
export function requireCountable(what: string, { bits, ...counting }: Counter & { readonly bits: 16 | 32 | 64 }): void {
  const most = 1n << BigInt(bits - 1)
  const widest = 1n << 63n
  const why =
    countingFault(counting, { lowest: -most, highest: most - 1n }) ??
    (counting.increment >= widest || counting.increment < -widest
      ? `its increment ${counting.increment} is beyond 64 bits`
      : undefined)
  if (why !== undefined) throw unsupported(what, `it cannot count: ${why}`)
}

/**
 * Refuses a column that the server would refuse in the run: an identity counts in one of three types of integers and stands for the default.
 * What a native type is, is left to the server.
 * https://www.postgresql.org/docs/current/ddl-identity-columns.html
 */
export function requireIdentityColumn(table: TableRef, { name, identity, type, default: value }: ColumnModel): void {
  if (identity === undefined) return
  const counts = 'it counts by itself (GENERATED … AS IDENTITY)'
  const why =
    type.kind !== 'integer' && type.kind !== 'native'
      ? `${counts}, and ${types.toSql(type)} is no type of integers: set \`identity: null\` first`
      : value === undefined
        ? undefined
        : `${counts}, and takes no default besides: leave out one of the two`
  if (why !== undefined) {
    const operation = `column ${refText(table)}.${name}`
    throw new MigrateError('INVALID_OPERATION', { operation, why }, `${operation}: ${why}`)
  }
  requireCountingIdentity(identity, type, name)
}

/** Refuses an identity that the server would refuse in the run. */
function requireCountingIdentity(identity: Identity, type: ColumnType, column: string): void {
  const { increment = 1, minValue, maxValue, cache = 1 } = identity
  const start = identityStart(identity)
  if (![minValue ?? '0', maxValue ?? '0', start].every((text) => /^-?\d+$/.test(text))) return
  const bits = type.kind === 'integer' ? type.bits : 64
  const { low, high } = usualBounds(increment >= 0, bits)
  requireCountable(`the identity of column ${column}`, {
    increment: BigInt(increment),
    low: BigInt(minValue ?? low),
    high: BigInt(maxValue ?? high),
    start: BigInt(start),
    cache: BigInt(cache),
    bits,
  })
}

const facts = Object.keys(clauses) as readonly (keyof Counting)[]

const clause = (fact: keyof Counting, identity: Counting, column: string): SqlFragment =>
  (clauses[fact] as (value: unknown, column: string) => SqlFragment)(identity[fact], column)

/** What an identity says of how it counts. */
export function identityOptions(identity: Counting, column: string): readonly SqlFragment[] {
  return facts.filter((fact) => identity[fact] !== undefined).map((fact) => clause(fact, identity, column))
}

const falls = ({ increment = 1 }: Identity): boolean => increment < 0

/**
 * What is another in the second one. Where nothing says where to begin, ALTER leaves the old place, and that is said too; so are the
 * bounds that follow the direction.
 */
export function identityChanges(previous: Identity, current: Identity, column: string): readonly SqlFragment[] {
  const explicit = { ...current, start: identityStart(current) }
  const changed = facts.filter((fact) =>
    fact === 'start'
      ? identityStart(previous) !== identityStart(current)
      : (falls(previous) !== falls(current) && (fact === 'minValue' || fact === 'maxValue')) ||
        clause(fact, previous, column).text !== clause(fact, current, column).text,
  )
  return changed.map((fact) => sql`SET ${clause(fact, explicit, column)}`)
}

/** A column on both sides of its change, canonicalised. */
export interface ColumnChange {
  readonly table: TableRef
  readonly old: ColumnModel
  readonly now: ColumnModel
}

const textOf = (fragment: SqlFragment): SqlFragment => quote.literal(fragment.text)

/** The sequence of an identity; one that a column owns besides would be found before it. */
function internalSequence(table: TableRef, { name }: ColumnModel): SqlFragment {
  const of = textOf(quote.table(table))
  return sql`(SELECT d.objid::regclass FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'i' AND d.refobjid = ${of}::regclass AND a.attname = ${quote.literal(name)})`
}

/** A `serial` that the column had before may still be owned by it. */
const identitySequence = (table: TableRef, now: ColumnModel, old: ColumnModel): SqlFragment =>
  old.default === undefined
    ? sql`pg_get_serial_sequence(${textOf(quote.table(table))}, ${quote.literal(now.name)})`
    : internalSequence(table, now)

interface Numbering {
  readonly first: SqlFragment
  readonly falls: boolean
  /** The last number that the sequence can give out, where its bounds are stated. */
  readonly end?: SqlFragment | undefined
  /** The last number that was given out, or NULL. */
  readonly given?: SqlFragment
}

/** The end of a sequence in the direction in which it counts. */
function endOf({ minValue, maxValue }: Pick<Identity, 'minValue' | 'maxValue'>, falls: boolean, column: string) {
  const end = falls ? minValue : maxValue
  return end === undefined ? undefined : bound(end, column)
}

/** A number beyond the end of the sequence is never given out, and setval() refuses it: the numbers before it count. */
function within(value: SqlFragment, { falls, end }: Pick<Numbering, 'falls' | 'end'>): SqlFragment {
  return end === undefined ? value : sql`CASE WHEN ${value} ${falls ? sql`>=` : sql`<=`} ${end} THEN ${value} END`
}

function numberOn(table: TableRef, column: string, sequence: SqlFragment, numbering: Numbering): Statement {
  const { first, falls, given } = numbering
  const ofRows = sql`${falls ? sql`min` : sql`max`}(${within(quote.identifier(column), numbering)})`
  const last =
    given === undefined ? ofRows : sql`${falls ? sql`LEAST` : sql`GREATEST`}(${ofRows}, ${within(given, numbering)})`
  const isBehind = falls ? sql`${last} <= ${first}` : sql`${last} >= ${first}`
  const text = sql`SELECT setval(${sequence}, ${last}) FROM ${quote.table(table)} HAVING ${isBehind}`
  return statement(text, [table], { note: `number ${refText(table)}.${column} on from its last value` })
}

/** The sequences of a column, as `serial` makes one. */
const sequencesOf = ({ sequences }: SchemaModel, table: TableRef, column: string): readonly SequenceModel[] =>
  [...sequences.values()].filter(
    ({ ownedBy }) => ownedBy?.column === column && tableKey(ownedBy.table) === tableKey(table),
  )

/** Numbers begin after those that are there: the sequence knows nothing of them. After a `serial` they continue from its position. */
export function numberAfterRows({ table, old, now }: ColumnChange, before: SchemaModel): readonly Statement[] {
  const { name, identity } = now
  if (identity === undefined) return []
  const falls = (identity.increment ?? 1) < 0
  const sequence = identitySequence(table, now, old)
  const first = verbatim(identityStart(identity))
  const end = endOf(identity, falls, name)
  const [serial] = sequencesOf(before, table, name)
  if (serial === undefined || (serial.increment?.startsWith('-') === true) !== falls)
    return [numberOn(table, name, sequence, { first, falls, end })]
  const furthest = falls ? sql`LEAST` : sql`GREATEST`
  const top = sql`${falls ? sql`min` : sql`max`}(${within(quote.identifier(name), { falls, end })})`
  const position = within(sql`s.last_value`, { falls, end })
  const text = sql`SELECT setval(${sequence}, p.place, (s.is_called AND p.place = s.last_value) OR COALESCE(p.place = p.top, false)) FROM ${quote.table(serial.ref)} AS s, LATERAL (SELECT ${furthest}(${position}, ${top}, ${first}) AS place, ${top} AS top FROM ${quote.table(table)}) AS p`
  return [
    statement(text, [table], {
      note: `continue ${refText(table)}.${name} from the position of ${refText(serial.ref)}`,
    }),
  ]
}

/**
 * The same for a column that begins to take its numbers from a sequence of its own, as `serial` does. After an identity they continue from
 * its position, which goes with it.
 */
export function numberFromSequence({ table, old, now }: ColumnChange, after: SchemaModel): readonly Statement[] {
  if (canonicalJson(old.default ?? null) === canonicalJson(now.default ?? null) || now.default?.kind !== 'expression')
    return []
  const sequenceNames = namesIn(/\bnextval\s*\([\s(]*'((?:[^']|'')+)'/i.exec(now.default.sql)?.[1] ?? '')
  const own = sequencesOf(after, table, now.name).find(({ ref }) => sequenceNames.has(ref.name))
  if (own === undefined) return []
  const name = quote.table(own.ref)
  const first = sql`(SELECT last_value FROM ${name})`
  const falls = own.increment?.startsWith('-') === true
  const isContinued = old.identity !== undefined && (old.identity.increment ?? 1) < 0 === falls
  const given = sql`pg_catalog.pg_sequence_last_value(${internalSequence(table, old)})`
  const end = endOf(own, falls, now.name)
  return [numberOn(table, now.name, textOf(name), { first, falls, end, ...(isContinued ? { given } : {}) })]
}

/** The sequence of an identity, which counts in the column's type. */
export function asSequence(
  ref: TableRef,
  { start, increment, minValue, maxValue }: Identity,
  type: ColumnType,
): SequenceModel {
  return {
    ref,
    type: type.kind === 'integer' ? `integer${type.bits}` : 'integer64',
    ...(start === undefined ? {} : { start: String(start) }),
    ...(increment === undefined ? {} : { increment: String(increment) }),
    ...(minValue === undefined ? {} : { minValue }),
    ...(maxValue === undefined ? {} : { maxValue }),
  }
}
